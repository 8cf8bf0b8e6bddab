"""Closures that go from one store to another.

In: a store and names, or an archive. Out: an archive, or valid entries. Each entry of
an archive is written aside, compared with its facts, made durable, and only then
registered, after all that it mentions. So what an interrupted import has registered is
whole with its closure, the rest does not count, and the next import goes on there.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import StoreName
from ..files.fs import write_all
from ..files.walk import TreeError
from .archive import ArchiveReader, BadArchive, write_end, write_entry, write_start
from .canonicalise import make_canonical, make_read_only
from .relations import graph
from .store import Entry, Store

__all__ = ["Taken", "export_entries", "import_entries"]


class Taken(NamedTuple):
    """An entry of an archive that is valid now; `is_new` if it was not before."""

    name: StoreName
    is_new: bool


def export_entries(store: Store, roots: Iterable[StoreName], out: BinaryIO) -> tuple[Entry, ...]:
    """Write the run-time closure of entries; hold `store.using()` around it.

    Returns what was written. Raises ProgramError (E25) for an entry that is damaged.
    """
    uses = graph(roots, store.references)
    entries = [store.entry(name) for name in TopologicalSorter(uses).static_order()]
    write_start(out, store.root)
    for entry in entries:
        try:
            write_entry(out, entry, store.path(entry.name))
        except (BadArchive, TreeError) as problem:
            raise _refused(str(problem), "`punix store repair` mends it") from None
    write_end(out)
    return tuple(entries)


def import_entries(
    store: Store, source: BinaryIO, warn: Callable[[str], object]
) -> Iterator[Taken]:
    """Make the entries of an archive valid, one by one; hold `store.using()` around it.

    What is valid already stays as it is. `warn` is told if they were built for a store
    somewhere else. Raises ProgramError: E25 for an archive that is
    damaged or is none, E29 if there is not enough room.
    """
    try:
        archive = ArchiveReader(source)
        if archive.root != store.root:
            warn(f"built for '{archive.root}': where a path names another, it names it there")
        while (entry := archive.next()) is not None:
            yield Taken(entry.name, _take(store, archive, entry))
    except (BadArchive, TreeError) as problem:
        raise _refused(f"the archive is damaged: {problem}", None) from None


def _take(store: Store, archive: ArchiveReader, entry: Entry) -> bool:
    for name in entry.references:
        if not store.is_valid(name):
            raise BadArchive(f"'{entry.name}' comes before '{name}', which it mentions")
    with store.making(entry.name):
        if store.is_valid(entry.name):
            archive.unpack(entry, Nowhere())
            return False
        store.quarantine(entry.name)
        try:
            _unpack(store, archive, entry)
        except BaseException:
            store.quarantine(entry.name)
            raise
    return True


def _unpack(store: Store, archive: ArchiveReader, entry: Entry) -> None:
    scratch = store.inner(".tmp", entry.name)
    scratch.mkdir(mode=0o700)
    _check_room(scratch, entry)
    tree = scratch / "output"
    tree.mkdir(mode=0o755)
    archive.unpack(entry, Folder(tree))
    make_canonical(tree)
    tree.rename(store.path(entry.name))
    make_read_only(store.path(entry.name))
    store.clear(entry.name)
    store.register(entry)


def _check_room(folder: Path, entry: Entry) -> None:
    """Refuse what cannot fit before a byte of it is written."""
    status = os.statvfs(folder)
    free = status.f_bavail * status.f_frsize
    if entry.size > free:
        message = f"'{entry.name}' holds {entry.size} bytes, and {free} are free"
        raise ProgramError([Diagnostic(Code.E29, message)])


def _refused(message: str, hint: str | None) -> ProgramError:
    return ProgramError([Diagnostic(Code.E25, message, hint=hint)])


class Nowhere:
    """Takes a tree that is there already; reading it is what checks it."""

    def folder(self, path: bytes) -> None:
        """Take a folder."""

    def file(self, path: bytes, executable: bool, size: int, chunks: Iterable[bytes]) -> None:
        """Take a file."""

    def link(self, path: bytes, target: bytes) -> None:
        """Take a symbolic link."""


class Folder:
    """Writes a tree into an empty folder that nobody else can see."""

    def __init__(self, path: Path) -> None:
        self._path = os.fsencode(path)

    def folder(self, path: bytes) -> None:
        """Make a folder."""
        os.mkdir(self._at(path), 0o755)

    def file(self, path: bytes, executable: bool, size: int, chunks: Iterable[bytes]) -> None:
        """Write a file; a chunk of zeros becomes a hole."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        mode = 0o755 if executable else 0o644
        with open(os.open(self._at(path), flags, mode), "wb", buffering=0) as file:
            for data in chunks:
                if data.strip(b"\0"):
                    write_all(file.fileno(), data)
                else:
                    file.seek(len(data), os.SEEK_CUR)
            file.truncate(size)

    def link(self, path: bytes, target: bytes) -> None:
        """Make a symbolic link."""
        os.symlink(target, self._at(path))

    def _at(self, path: bytes) -> bytes:
        return self._path + b"/" + path
