"""Generations on a target: staged, switched, recovered, compared."""
