"""Waiting for what others do: looked at again and again until it is so.

Whatever is waited for takes a moment; how long on a busy machine nobody knows. So there is one
limit, which is for what never comes, and what was seen last is told when it is over.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

__all__ = ["PATIENCE", "has_begun", "until"]

PATIENCE = 120.0
"""Seconds: far more than anything takes that comes about, on any machine."""

T = TypeVar("T")


def until(
    look: Callable[[], T],
    holds: Callable[[T], object] = bool,
    told: Callable[[], str] = lambda: "",
) -> T:
    """Look until what is seen `holds`, and return it; `told` says more where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds(seen := look()):
        assert time.monotonic() < end, f"not in {PATIENCE:.0f} s; last seen: {seen!r}\n{told()}"
        time.sleep(0.02)
    return seen


def has_begun(process: int) -> bool:
    """Whether a process that was started is the program by now, as /proc shows it.

    It has its command line last: after the file that it executes, its name, and the end of
    what is open no longer, by which a parent knows that execve(2) has gone well.
    """
    return bool(Path(f"/proc/{process}/cmdline").read_bytes())
