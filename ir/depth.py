"""How deep programs may nest, and the room that functions over trees need for it.

Expressions nest at most MAX_NESTING levels, so functions over one expression
may recurse; functions over graphs of modules or packages may not, because the
length of a chain is the user's.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["MAX_NESTING", "deep"]

MAX_NESTING = 500

FRAMES_PER_LEVEL = 12
"""The most calls (C encoders count) that one level of nesting takes in any function of ours."""


@contextmanager
def deep() -> Iterator[None]:
    """Allow recursion over a tree of MAX_NESTING levels while the block runs."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 1000 + MAX_NESTING * FRAMES_PER_LEVEL))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
