"""Text to tree: tokens, tables, recovery, what was probably meant."""
