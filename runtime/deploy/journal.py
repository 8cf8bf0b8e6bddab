"""The journal: what a command is about to do to a stack, written before it does it.

In: a `Journal`. Out: `journal.json`, durable before the first change and removed
after the last. The next command reads it and makes everything agree with `live`.
"""

from typing import ClassVar, Literal, TypeAlias

from ...ir.manifest import Manifest
from ...ir.names import AbsPath
from ...ir.node import Node, node
from ..files import sealed
from .layout import Target

__all__ = ["Journal", "Verb", "read", "remove", "write"]

Verb: TypeAlias = Literal["deploy", "rollback", "switch", "fix", "remove"]


@node("journal")
class Journal(Node):
    """From generation `before` (None: nothing deployed) to `after` (None: removed).

    `created` holds the manifest if the command makes the generation, None if it
    goes to one that is there; `folders` are the folders that it makes for files.
    """

    IR: ClassVar[str] = "journal"
    VERSION: ClassVar[int] = 1

    verb: Verb
    before: int | None
    after: int | None
    created: Manifest | None
    folders: tuple[AbsPath, ...]
    pid: int
    host: str


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


def remove(target: Target) -> None:
    """Say that nothing is under way any more; if this is lost, recovery finds nothing to do."""
    target.transport.remove(target.path("journal.json"))
