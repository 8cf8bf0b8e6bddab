"""A deploy as it goes, on a terminal: its phase, and the units whose jobs are awaited.

In: steps. Out: on stderr the lines that `plain_units` writes, and below them, from the
first step on that may take long until the last has ended:

    gen-003 is live  0:12
    ├── restart  web.service       12.1 s
    └── start    worker.service    12.1 s
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...runtime.deploy.target.layout import generation_name
from ...runtime.deploy.target.steps import Kind, Step
from .screen import Screen, clock, row
from .units import PAST, Units, View

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

__all__ = ["live_units", "tree"]

LONG: frozenset[Kind] = frozenset({*PAST, "read-units"})
"""What systemd does, and not we: it may take long."""
WIDEST_UNIT = 40
"""A longer name is shown whole, and only its own line is out of column."""
WIDEST_JOB = len("restart")


@contextmanager
def live_units() -> Iterator[View]:
    """Give a view that takes steps and keeps the picture up to date."""
    lock, units, began = threading.Lock(), Units(), time.monotonic()

    def draw(console: "Console") -> "Tree":
        with lock:
            return tree(units, time.monotonic(), began, console.height - 2)

    screen = Screen(draw)

    def tell(step: Step) -> None:
        with lock:
            told = units.see(step, time.monotonic())
        if step.kind in LONG:
            screen.begin()
        if told is not None:
            screen.write(told)

    try:
        yield View(tell, screen.write)
    finally:
        screen.stop()


def tree(units: Units, now: float, began: float, rows: int) -> "Tree":
    """Draw the phase and at most `rows` rows below it: units whose jobs are awaited."""
    from rich.tree import Tree

    running = list(units.running.items())
    shown = running if len(running) <= rows else running[: max(0, rows - 1)]
    width = max((len(unit) for unit, _ in shown if len(unit) <= WIDEST_UNIT), default=0)
    drawn = Tree(_head(units, now - began), guide_style="dim")
    for unit, (kind, since) in shown:
        job = row(f"{kind:{WIDEST_JOB}}  ", "cyan").append(f"{unit:{width}}  ", "bold")
        drawn.add(job.append(f"{clock(now - since):>7}", "dim"))
    if len(shown) < len(running):
        drawn.add(row(f"… and {len(running) - len(shown)} more"))
    return drawn


def _head(units: Units, seconds: float) -> "Text":
    live = f"{generation_name(units.generation)} is live" if units.generation is not None else ""
    words = ", ".join(word for word in (live, units.phase) if word) or "units"
    return row(words).append(f"  {clock(seconds)}", "dim")
