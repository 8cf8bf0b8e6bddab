"""`punix store …`: one file for each group of commands."""
