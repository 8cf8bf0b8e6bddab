"""Which way to show builds and deploys.

In: what stderr is, and what the environment and the options ask for. Out: a context
that gives what is told of them; both ways are used alike.
"""

import os
import sys
from contextlib import AbstractContextManager

from .plain import Show, plain
from .units import View, plain_units

__all__ = ["following", "progress"]


def progress(live_wanted: bool = True) -> AbstractContextManager[Show]:
    """Return a live tree if stderr is a terminal that can show one, else plain lines."""
    if not live_wanted or not _can_redraw():
        return plain()
    from .live import live  # only a terminal pays for it

    return live()


def following() -> AbstractContextManager[View]:
    """Return a live view of a deploy's units, or plain lines, as `progress` does of builds."""
    if not _can_redraw():
        return plain_units()
    from .live_units import live_units  # only a terminal pays for it

    return live_units()


def _can_redraw() -> bool:
    """Whether stderr is a terminal that moves its cursor, and nobody asked for plain text."""
    terminal = os.environ.get("TERM", "dumb")
    return sys.stderr.isatty() and terminal not in ("dumb", "unknown", "") and not _is_plain()


def _is_plain() -> bool:
    return "NO_COLOR" in os.environ
