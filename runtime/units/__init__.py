"""Units on a running machine: what should happen to them, and that it does."""
