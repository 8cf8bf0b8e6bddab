"""Whether a store is what its facts say.

In: a store. Out: faults, each with the entry or folder that has it, and what it is.
Reading names, modes, times and sizes finds most of what goes wrong, since whatever is
written gets another time; reading every byte finds the rest.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from ...ir.diagnostics import ProgramError
from ...ir.names import StoreName
from ..files.tree import hash_tree
from ..files.walk import TreeError, walk
from .canonicalise import TIME_NS, canonical_mode, surplus_attributes
from .index import index_differs
from .store import FOLDERS, Entry, Store

__all__ = ["Fault", "Kind", "verify", "verify_entry", "verify_store"]

Kind = Literal["store", "facts", "missing", "reference", "rights", "changed", "content", "index"]

SHOWN = 3
"""How many places of one kind an entry names."""


class Fault(NamedTuple):
    """What is wrong with one path: `name` is the entry's, None for the store as a whole.

    store: a folder of its own is missing or open to others. facts: they cannot be read.
    missing: there are facts and no tree. reference: it mentions what is not valid.
    rights: modes or attributes give more than they should. changed: times or sizes
    say that something was written. content: its digest is another. index: it says
    something else than the facts. `needs` is what a reference leads to.
    """

    kind: Kind
    name: StoreName | None
    path: Path
    message: str
    needs: StoreName | None = None


def verify(store: Store, *, deep: bool) -> Iterator[Fault]:
    """Yield every fault of a store and its entries; `deep` reads their content."""
    yield from verify_store(store)
    for name in store.names():
        yield from verify_entry(store, name, deep=deep)


def verify_store(store: Store) -> Iterator[Fault]:
    """Yield the faults of what a store keeps besides entries."""
    yield from _folders(store)
    yield from _index(store)


def verify_entry(store: Store, name: StoreName, *, deep: bool) -> Iterator[Fault]:
    """Yield the faults of one entry; none if it is not there any more."""
    tree = store.path(name)
    try:
        entry = store.entry(name)
    except FileNotFoundError:  # gc, since it was listed
        return
    except ProgramError as problem:
        yield Fault("facts", name, store.meta_path(name), problem.diagnostics[0].message)
        return
    except OSError as problem:
        yield Fault("facts", name, store.meta_path(name), f"cannot be read: {problem.strerror}")
        return
    yield from _references(store, entry)
    if tree.is_symlink() or not tree.is_dir():
        yield Fault("missing", name, tree, "is not there, or is no folder")
        return
    owners = {0, os.stat(store.root).st_uid}
    yield from _tree(entry, tree, owners, deep)


def _references(store: Store, entry: Entry) -> Iterator[Fault]:
    for other in entry.references:
        if not store.is_valid(other):
            message = f"mentions '{other}', which is not valid"
            yield Fault("reference", entry.name, store.path(entry.name), message, other)


def _tree(entry: Entry, tree: Path, owners: set[int], deep: bool) -> Iterator[Fault]:
    seen = _Seen(owners)
    size = seen.look(tree, tree.stat(), "")
    try:
        for found in walk(tree):
            path = Path(f"/proc/self/fd/{found.folder}/{found.entry.name}")
            size += seen.look(path, found.entry.stat(follow_symlinks=False), found.path)
        if seen.rights.count:
            message = f"may be changed or gives rights: {seen.rights}"
            yield Fault("rights", entry.name, tree, message)
        if seen.changed.count:
            yield Fault("changed", entry.name, tree, f"was written to: {seen.changed}")
        elif size != entry.size:
            message = f"holds {size} bytes instead of {entry.size}"
            yield Fault("changed", entry.name, tree, message)
        if deep and hash_tree(tree) != entry.output:
            yield Fault("content", entry.name, tree, "holds something else than what was built")
    except (TreeError, OSError) as problem:
        yield Fault("content", entry.name, tree, f"cannot be read: {problem}")


class _Places:
    """Counts places and names the first few."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, place: str) -> None:
        self.count += 1
        if len(self._first) < SHOWN:
            self._first.append(f"'{place or '.'}'")

    def __str__(self) -> str:
        more = self.count - len(self._first)
        return ", ".join(self._first) + (f" and {more} more" if more else "")


class _Seen:
    """Where something is wrong in a tree, all of which one of `owners` should own."""

    def __init__(self, owners: set[int]) -> None:
        self.rights, self.changed = _Places(), _Places()
        self._owners = owners

    def look(self, path: Path, status: os.stat_result, place: str) -> int:
        """Note what is wrong with one file, link or folder; return its bytes if it is a file."""
        mode = status.st_mode
        is_open = not stat.S_ISLNK(mode) and (
            stat.S_IMODE(mode) != canonical_mode(mode) or surplus_attributes(path)
        )
        if is_open or status.st_uid not in self._owners:
            self.rights.add(place)
        if status.st_mtime_ns != TIME_NS:
            self.changed.add(place)
        return status.st_size if stat.S_ISREG(mode) else 0


def _folders(store: Store) -> Iterator[Fault]:
    """Yield what is wrong with the store's own folders; some are made when they are needed."""
    if not store.inner(".meta").is_dir() and not _is_begun(store):
        yield Fault("store", None, store.inner(".meta"), "is not there")
    for name, mode in {"": 0o755, **FOLDERS}.items():
        path = store.inner(name)
        if path.is_dir() and path.stat().st_mode & 0o777 & ~mode:
            yield Fault("store", None, path, "may be entered or changed by others")


def _is_begun(store: Store) -> bool:
    """Whether a store was no more than begun when the command that made it was stopped.

    The next command that builds goes on with it.
    """
    try:
        return all(name in FOLDERS for name in os.listdir(store.root))
    except FileNotFoundError:
        return False


def _index(store: Store) -> Iterator[Fault]:
    with suppress(ProgramError, OSError):  # bad facts; each is told with its entry
        if index_differs(store):
            path = store.inner("db.sqlite")
            yield Fault("index", None, path, "says something else than the facts")
