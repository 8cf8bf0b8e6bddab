"""The links that name a generation: `live`, `current` and `active`.

In: a target. Out: the manifest that `live` and `current` name, or None. `live`
says which tree the files are read from and decides; where several generations
share that tree, `current` does. What the target refuses is an OSError.
"""

from datetime import UTC, datetime

from ....ir.diagnostics import Code
from ....ir.manifest import Manifest
from ..target.errors import fail
from ..target.layout import Target, generation_name, generation_number
from ..target.transport import NANOSECONDS
from .manifest_file import find, load, numbers, peek_tree

__all__ = [
    "active_number",
    "current_number",
    "deployed",
    "live_manifest",
    "live_tree",
    "point",
    "record",
    "since",
    "unpoint",
]


def live_tree(target: Target) -> str | None:
    """Return the name of the tree that files are read from; None if nothing is deployed."""
    return target.transport.read_link(target.path("live"))


def current_number(target: Target) -> int | None:
    """Return the number that `current` names; None if it is not there."""
    return generation_number(target.transport.read_link(target.path("current")) or "")


def active_number(target: Target) -> int | None:
    """Return the number of the last generation whose activation completed; None for none."""
    return generation_number(target.transport.read_link(target.path("active")) or "")


def since(target: Target, name: str) -> datetime | None:
    """Return when `live` or `active` became what it is; None if it is not there."""
    found = target.transport.status(target.path(name))
    return datetime.fromtimestamp(found.modified / NANOSECONDS, UTC) if found else None


def live_manifest(target: Target) -> Manifest | None:
    """Return the manifest of the live generation. Raises ProgramError (E27), OSError."""
    tree = live_tree(target)
    if tree is None:
        return None
    named = find(target, current_number(target))
    if named and named.tree == tree:
        return named
    previous = find(target, named.previous) if named else None
    if previous and previous.tree == tree:
        return previous
    for number in reversed(numbers(target)):
        if peek_tree(target, number) == tree:
            return load(target, number)
    return fail(Code.E27, f"'{target.path('live')}' names '{tree}', which no manifest describes")


def deployed(target: Target) -> Manifest:
    """Return the manifest of the live generation. Raises ProgramError (E26, E27), OSError."""
    found = live_manifest(target)
    if found is None:
        fail(Code.E26, f"stack '{target.stack}' is not deployed here")
    return found


def point(target: Target, name: str, text: str) -> None:
    """Make `current` or `live` name a generation, in one rename."""
    staged = target.temporary(name)
    target.transport.make_link(staged, text)
    target.transport.rename(staged, target.path(name))


def unpoint(target: Target, name: str) -> None:
    """Remove `current` or `live` if it is there."""
    if target.transport.status(target.path(name)) is not None:
        target.transport.remove(target.path(name))


def record(number: int) -> str:
    """Return what `current` reads for a generation."""
    return f"{generation_name(number)}.json"
