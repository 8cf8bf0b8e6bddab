"""What `punix service` does to a stack: one file for each verb."""
