"""Builds as a tree that is drawn anew while they run, on a terminal.

In: events. Out: on stderr the lines that `plain` writes when a package ends, and below
them, until the last has ended, what runs and what waits for it:

    12 of 60 built, 1 failed, 45 wait  1:02
    ├── postgres   building   31.2 s
    │   ├── App, which waits for zlib too
    │   └── PgBouncer
    └── zlib       fetching    2.0 s  1.2 MB of 30.0 MB
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...ir.names import StoreName
from ...runtime.building.result import Event
from ..console import printable
from .board import Board, Running
from .plain import Show, ended
from .screen import Screen, clock, row

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

__all__ = ["live", "tree"]

WIDEST_NAME = 30
"""A longer name is shown whole, and only its own line is out of column."""
WIDEST_PHASE = len("registering")
MOST_USERS = 4
MOST_OTHERS = 3


@contextmanager
def live() -> Iterator[Show]:
    """Give a function that takes events and keeps the tree up to date; it may end at any time."""
    drawn = _Tree()
    try:
        yield drawn.show
    finally:
        drawn.stop()


class _Tree:
    """The tree of all builds of a command."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._board = Board()
        self._began = time.monotonic()
        self._screen = Screen(self._draw)

    def show(self, event: Event) -> None:
        """Take an event in; what should stay is written above the tree."""
        now = time.monotonic()
        with self._lock:
            seconds = self._board.seconds(event.name, now)
            self._board.see(event, now)
        self._screen.begin()  # the first event comes before there are threads
        if event.kind == "warning":
            self._screen.write(f"warning: {printable(event.message)}")
        elif event.kind == "finished" and event.status != "skipped":
            self._screen.write(ended(event, seconds))

    def stop(self) -> None:
        """Take the tree off the terminal."""
        self._screen.stop()

    def _draw(self, console: "Console") -> "Tree":
        with self._lock:
            return tree(self._board, time.monotonic(), self._began, console.height - 2)


def tree(board: Board, now: float, began: float, rows: int) -> "Tree":
    """Draw at most `rows` rows below the first: what runs, and as far as it fits what waits."""
    from rich.tree import Tree

    running = list(board.running.values())
    shown = running if len(running) <= rows else running[: max(0, rows - 1)]
    width = max((len(it.module) for it in shown if len(it.module) <= WIDEST_NAME), default=0)
    share = min(MOST_USERS, (rows - len(shown)) // max(1, len(shown)))
    drawn = Tree(_counts(board, now - began), guide_style="dim")
    for one in shown:
        branch = drawn.add(_running(one, now, width))
        for line in _users(board, one.name, share):
            branch.add(line)
    if len(shown) < len(running):
        drawn.add(row(f"… and {len(running) - len(shown)} more"))
    return drawn


def _counts(board: Board, seconds: float) -> "Text":
    line = row(f"{board.done} of {board.total} built")
    if board.failed:
        line.append(", ").append(f"{board.failed} failed", "red")
    if board.waiting:
        line.append(f", {board.waiting} wait")
    return line.append(f"  {clock(seconds)}", "dim")


def _running(one: Running, now: float, width: int) -> "Text":
    event = one.last
    phase = "waiting" if event.kind == "waiting" else event.phase or "starting"
    line = row(f"{one.module:{width}}  ", "bold").append(f"{phase:{WIDEST_PHASE}}", "cyan")
    line.append(f"  {clock(now - one.began):>7}", "dim")
    if event.kind == "waiting":
        return line.append(f"  for {printable(event.message) or 'another process'}")
    return line.append(f"  {_bytes(event)}" if event.done else "")


def _users(board: Board, name: StoreName, most: int) -> Iterator["Text"]:
    """Yield at most `most` lines: each package that waits for one, and for what else it waits."""
    users = board.users(name)
    shown = users if len(users) <= most else users[: max(0, most - 1)]
    for user in shown:
        others = [board.module(other) for other in board.missing(user) if other != name]
        more = f" and {len(others) - MOST_OTHERS} more" if len(others) > MOST_OTHERS else ""
        too = f", which waits for {', '.join(others[:MOST_OTHERS])}{more} too" if others else ""
        yield row(f"{board.module(user)}{too}", "dim")
    if len(shown) < len(users) and most:
        yield row(f"… and {len(users) - len(shown)} more", "dim")


def _bytes(event: Event) -> str:
    from rich.filesize import decimal

    of = f" of {decimal(event.total)}" if event.total else ""
    return f"{decimal(event.done)}{of}"
