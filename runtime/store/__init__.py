"""The store: entries, what refers to what, what keeps them, what goes."""
