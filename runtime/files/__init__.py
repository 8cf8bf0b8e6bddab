"""Writing that survives a crash, locks, trees, what was seen of files."""
