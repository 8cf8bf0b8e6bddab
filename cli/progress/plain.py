"""Builds as plain lines: what begins, what ends, and how long it took.

In: events. Out: a line on stderr for each that a person wants to read later.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from ...ir.names import StoreName
from ...runtime.building.result import Event, Phase
from ..console import notice, printable

__all__ = ["Show", "ended", "plain", "unheard"]

Show: TypeAlias = Callable[[Event], None]
"""Told events from several threads."""

LONG_PHASES: tuple[Phase, ...] = ("fetching", "building")
"""The phases that may take minutes; the others are not worth a line."""


def unheard(_: Event) -> None:
    """Show nothing."""


@contextmanager
def plain() -> Iterator[Show]:
    """Give a function that writes events, each in one call."""
    began: dict[StoreName | None, float] = {}
    phases: dict[StoreName | None, Phase | None] = {}

    def show(event: Event) -> None:
        if event.kind == "warning":
            notice(f"warning: {printable(event.message)}")
        elif event.kind == "started":
            began[event.name] = time.monotonic()
        elif event.kind == "waiting":
            holder = event.message or "another process"
            notice(f"{event.module} waits for {holder}, which builds it")
        elif event.kind == "phase" and event.phase != phases.get(event.name):
            phases[event.name] = event.phase
            if event.phase in LONG_PHASES:
                notice(f"{event.phase} {event.module}")
        elif event.kind == "finished" and event.name in began:
            notice(ended(event, time.monotonic() - began[event.name]))

    yield show


def ended(event: Event, seconds: float) -> str:
    """Write the line of a package that ended."""
    how = "built by another process" if event.status == "cached" else event.status
    return f"finished {event.module} in {seconds:.1f} s: {printable(event.message) or how}"
