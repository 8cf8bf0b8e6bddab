"""Stage by stage from text to a `Program`: read, resolve, check, evaluate."""
