"""`history.jsonl`: one line for each finished command. What a command does never depends on it.

In: an `Entry`. Out: a line of JSON; and which generation was live since when, which `status`
asks for.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from ....ir.node import Frozen, frozen
from ..target.layout import Target
from .pointers import current_number, since

__all__ = ["Entry", "append", "read", "was_live"]


@frozen
class Entry(Frozen):
    """A command that came to its end: what it did, from and to which generation, None for none."""

    at: str
    who: str
    verb: str
    before: int | None
    after: int | None
    result: str = "ok"


def append(target: Target, entry: Entry) -> None:
    """Add a line; a target that refuses it is not a failure of the command."""
    line: dict[str, Any] = {"at": entry.at, "who": entry.who, "verb": entry.verb}
    line |= {"from": entry.before, "to": entry.after, "result": entry.result}
    with suppress(OSError):
        moment = since(target, "live")
        if moment is not None:
            line |= {"live": current_number(target), "since": moment.isoformat()}
        data = f"{json.dumps(line, ensure_ascii=False)}\n".encode()
        target.transport.append(target.path("history.jsonl"), data)


def read(target: Target) -> Iterator[dict[str, Any]]:
    """Yield the lines, oldest first; what a crash cut off is left out."""
    if target.transport.status(target.path("history.jsonl")) is None:
        return
    for line in target.transport.read(target.path("history.jsonl")).splitlines():
        with suppress(ValueError, RecursionError):
            found = json.loads(line)
            if isinstance(found, dict):
                yield found


def was_live(target: Target, moment: datetime) -> int | None:
    """Return the number of the generation that was live at a moment; None if no line says it."""
    found = None
    for line in read(target):
        with suppress(KeyError, TypeError, ValueError):
            if datetime.fromisoformat(line["since"]) <= moment:
                found = int(line["live"])
    return found
