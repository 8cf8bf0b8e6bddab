"""`history.jsonl`: one line for each finished command. Nothing depends on it.

In: who did what, from and to which generation. Out: a line of JSON.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from .layout import Target

__all__ = ["append", "read"]


def append(
    target: Target, at: str, who: str, verb: str, before: int | None, after: int | None, result: str
) -> None:
    """Add a line; a target that refuses it is not a failure of the command."""
    line = {"at": at, "who": who, "verb": verb, "from": before, "to": after, "result": result}
    with suppress(OSError):
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
