"""Settings from files, and the command that shows where each comes from."""
