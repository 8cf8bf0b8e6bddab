"""What a bill of materials says, before it has a form.

In: a store and a path. Out: a `Bill`: every entry of the path's run-time closure with its
facts. Nothing in it comes from a clock or from where the store is, so that two stores with
the same entries give the same documents.
"""

from collections.abc import Iterable
from uuid import UUID

from blake3 import blake3

from ...ir.names import StoreName
from ...ir.node import Frozen, frozen
from ...runtime.store.store import Entry, Store

__all__ = ["Bill", "bill_of", "package_url"]

CONTEXT = "punix 2026-11-25 bill of materials v1"


@frozen
class Bill(Frozen):
    """A root and the entries of its closure, itself among them, sorted by name.

    `created` is when the root was built, `serial` follows from the outputs of all.
    """

    root: Entry
    entries: tuple[Entry, ...]
    serial: UUID

    @property
    def created(self) -> str:
        """RFC 3339, in UTC."""
        return self.root.built_at


def bill_of(store: Store, root: StoreName) -> Bill:
    """Gather the facts of a closure. Raises as `Store.entry` does."""
    entries = tuple(store.entry(name) for name in store.closure([root]))
    return Bill(store.entry(root), entries, _serial(root, entries))


def _serial(root: StoreName, entries: Iterable[Entry]) -> UUID:
    lines = [root, *(f"{entry.name} {entry.output} {entry.built_at}" for entry in entries)]
    digest = blake3("\n".join(lines).encode(), derive_key_context=CONTEXT).digest(16)
    return UUID(bytes=digest, version=5)


def package_url(entry: Entry) -> str:
    """Return the package URL of an entry: of no registry, with the version as it is."""
    return f"pkg:generic/{_percent(entry.pname)}@{_percent(entry.version)}"


def _percent(name: str) -> str:
    """Escape the one character of names that package URLs give a meaning to."""
    return name.replace("+", "%2B")
