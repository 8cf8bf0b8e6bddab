"""The journal: what a command is about to do to a stack, written before it does it.

In: a `Journal`. Out: `journal.json`, durable before the first change and removed
after the last. The next command reads it and makes everything agree with `live`. Where
units are acted on as well, it stays, in phase `activate`, until they agree too. What the
target refuses is an OSError.
"""

import os
from dataclasses import replace
from typing import ClassVar, Literal, TypeAlias

from ....ir.manifest import Manifest
from ....ir.names import AbsPath
from ....ir.node import Document, node
from ...files import sealed
from ..target.layout import Target

__all__ = ["Journal", "Verb", "begin", "close", "pending", "read", "remove", "write"]

Verb: TypeAlias = Literal["deploy", "rollback", "switch", "fix", "remove"]


@node("journal")
class Journal(Document):
    """From generation `before` (None: nothing deployed) to `after` (None: removed).

    `created` holds the manifest if the command makes the generation, None if it
    goes to one that is there; `folders` are the folders that it makes for files.
    Where units are acted on, `activates`, those of the generations `units` may run, beside
    those of `active` and `live`. In phase `activate` all files agree with `live`, and
    units may not.
    """

    IR: ClassVar[str] = "journal"
    VERSION: ClassVar[int] = 2

    verb: Verb
    before: int | None
    after: int | None
    created: Manifest | None
    folders: tuple[AbsPath, ...]
    pid: int
    host: str
    phase: Literal["flip", "activate"] = "flip"
    activates: bool = False
    units: tuple[int, ...] = ()


def begin(
    target: Target, verb: Verb, before: int | None, after: int | None, *involved: int
) -> Journal:
    """Return the journal of what this process is about to do. Raises OSError.

    Units are acted on if a command has begun to, be it this one or one that was interrupted;
    those of the generations `involved` may run then.
    """
    units = pending(target)
    return Journal(
        verb,
        before,
        after,
        created=None,
        folders=(),
        pid=os.getpid(),
        host=os.uname().nodename,
        activates=units is not None,
        units=() if units is None else tuple(sorted({*units, *involved})),
    )


def read(target: Target) -> Journal | None:
    """Read the journal; None if there is none. Raises sealed.Damaged, OSError."""
    try:
        data = target.transport.read(target.path("journal.json"))
    except FileNotFoundError:
        return None
    return sealed.unseal(Journal, data)


def write(target: Target, journal: Journal) -> None:
    """Write the journal and make it durable."""
    transport, staged = target.transport, target.temporary("journal.json")
    transport.write(staged, sealed.seal(journal), 0o644, sync=True)
    transport.rename(staged, target.path("journal.json"))
    transport.sync_folder(target.folder)


def close(target: Target, entry: Journal) -> bool:
    """Say that files agree with `live`; returns whether the journal stays, for the units' sake."""
    if not entry.activates or (entry.after is None and not entry.units):
        remove(target)
        return False
    write(target, replace(entry, created=None, folders=(), phase="activate"))
    return True


def pending(target: Target) -> tuple[int, ...] | None:
    """Return `units` of a journal in phase `activate`; None if there is none. Raises OSError."""
    try:
        found = read(target)
    except sealed.Damaged:
        return None
    return found.units if found and found.phase == "activate" else None


def remove(target: Target) -> None:
    """Say that nothing is under way any more; if this is lost, recovery finds nothing to do."""
    target.transport.remove(target.path("journal.json"))
