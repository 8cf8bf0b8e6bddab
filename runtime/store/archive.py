r"""Store entries as one stream of bytes, and back.

In: an open binary file. Out: entries one after another; the contents of files are
never in memory as a whole. Nothing that a reader hands out is to be trusted before
the call that unpacks it has returned.

Archive, version 1
------------------
`<n:bytes>` stands for the number of bytes in decimal, a colon and the bytes, as in
the tree bytes of `files/tree.py`.

    archive   the 16 bytes `PUNIX ARCHIVE 1` LF, <n:root>, entries, `.`
    entry     e <n:facts> <the 32 bytes of blake3 over facts>, records, `.`
    record    one of these, sorted by the bytes of their paths:
        folder            d <n:path>
        file              f <n:path> <n:content>
        executable file   x <n:path> <n:content>
        symbolic link     l <n:path> <n:target>

The root is that of the store that the entries were built for: where one mentions
another, that path is in it. The facts are those of `.meta`. An entry stands after all
that it mentions, and once. The root of a tree has no record. With each content in
place of its digest these are the records of the tree bytes, so the identity that the
facts name covers all of them. A number has no leading zeros. Nothing follows the end.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from blake3 import blake3

from ...ir.codec import CodecError, dumps, loads
from ...ir.names import BadName, RootPath
from ..files.tree import TreeHasher
from ..files.walk import walk
from .store import Entry

__all__ = ["ArchiveReader", "BadArchive", "Sink", "write_end", "write_entry", "write_start"]

MAGIC = b"PUNIX ARCHIVE 1\n"
END = b"."
CHUNK = 1 << 20
LONGEST_FACTS = 1 << 24
LONGEST_PATH = 4095
NUMBER = re.compile(rb"0|[1-9][0-9]{0,17}")

Chunks = Iterator[bytes]


class BadArchive(ValueError):
    """Bytes that are no archive, or a tree that is not what its facts say."""


class Sink(Protocol):
    """Takes the tree of one entry; paths are relative, and folders come before what is in them."""

    def folder(self, path: bytes) -> None:
        """Take a folder."""

    def file(self, path: bytes, executable: bool, size: int, chunks: Chunks) -> None:
        """Take a file; what is left of `chunks` is read by the caller."""

    def link(self, path: bytes, target: bytes) -> None:
        """Take a symbolic link."""


# Writing -----------------------------------------------------------------


def write_start(out: BinaryIO, root: RootPath) -> None:
    """Write what stands before the first entry."""
    out.write(MAGIC + _sized(root.encode("ascii")))


def write_end(out: BinaryIO) -> None:
    """Write what stands after the last entry."""
    out.write(END)


def write_entry(out: BinaryIO, entry: Entry, tree: Path) -> None:
    """Write one entry. Raises BadArchive if its tree is not what its facts say, TreeError, OSError.

    The names of one tree are in memory at once, to be sorted.
    """
    facts = dumps(entry).encode("utf-8")
    out.write(b"e" + _sized(facts) + blake3(facts).digest())
    hasher = TreeHasher()
    for path, is_folder, is_link in sorted(_listed(tree)):
        if is_folder:
            out.write(hasher.add(b"d", path))
        elif is_link:
            out.write(hasher.add(b"l", path, _sized(os.readlink(os.fsencode(tree) + b"/" + path))))
        else:
            _write_file(out, hasher, tree, path)
    if hasher.digest() != entry.output:
        raise BadArchive(f"'{tree}' is not what its facts say")
    out.write(END)


def _listed(tree: Path) -> Iterator[tuple[bytes, bool, bool]]:
    for found in walk(tree):
        yield os.fsencode(found.path), found.is_folder, found.entry.is_symlink()


def _write_file(out: BinaryIO, hasher: TreeHasher, tree: Path, path: bytes) -> None:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(os.fsencode(tree) + b"/" + path, flags), "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        kind = b"x" if status.st_mode & 0o100 else b"f"
        out.write(kind + _sized(path) + b"%d:" % status.st_size)
        content, left = blake3(), status.st_size
        while left and (data := file.read(min(CHUNK, left))):
            content.update(data)
            out.write(data)
            left -= len(data)
    if left:
        raise BadArchive(f"'{tree}' is not what its facts say")
    hasher.add(kind, path, content.digest())


def _sized(data: bytes) -> bytes:
    return b"%d:%b" % (len(data), data)


# Reading -----------------------------------------------------------------


class ArchiveReader:
    """An archive that is read once, front to back; `root` is the store that it is of."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        if source.read(len(MAGIC)) != MAGIC:
            raise BadArchive("it is no archive of this version")
        try:
            self.root = RootPath(self._text(LONGEST_PATH).decode("ascii"))
        except (BadName, UnicodeDecodeError):
            raise BadArchive("it names no store") from None

    def next(self) -> Entry | None:
        """Return the facts of the next entry, None after the last. `unpack` comes next.

        Raises BadArchive.
        """
        mark = self._exact(1)
        if mark == b"e":
            return self._facts()
        if mark != END or self._source.read(1):
            raise BadArchive("there is neither an entry nor the end where one should be")
        return None

    def unpack(self, entry: Entry, sink: Sink) -> None:
        """Give the tree of an entry to a sink; raises BadArchive if it is not as the facts say."""
        hasher, folders = TreeHasher(), {b""}
        last, left = b"", entry.size
        while (kind := self._exact(1)) != END:
            path = self._path(last, folders)
            last = path
            if kind == b"d":
                folders.add(path)
                hasher.add(kind, path)
                sink.folder(path)
            elif kind == b"l":
                target = self._target()
                hasher.add(kind, path, _sized(target))
                sink.link(path, target)
            elif kind in (b"f", b"x"):
                size = self._number(left)
                left -= size
                hasher.add(kind, path, self._file(path, kind == b"x", size, sink))
            else:
                raise BadArchive(f"there is no record of kind {kind!r}")
        if left or hasher.digest() != entry.output:
            raise BadArchive(f"the tree of '{entry.name}' is not what its facts say")

    def _facts(self) -> Entry:
        facts = self._text(LONGEST_FACTS)
        if self._exact(32) != blake3(facts).digest():
            raise BadArchive("the facts of an entry were changed")
        try:
            return loads(Entry, facts.decode("utf-8"))
        except (CodecError, UnicodeDecodeError) as problem:
            raise BadArchive(f"the facts of an entry are none: {problem}") from None

    def _path(self, last: bytes, folders: set[bytes]) -> bytes:
        """Read a path that is in order, below a folder that was there, and leads nowhere else."""
        path = self._text(LONGEST_PATH)
        folder, _, name = path.rpartition(b"/")
        if name in (b"", b".", b"..") or b"\0" in path or path.startswith(b"/"):
            raise BadArchive(f"'{os.fsdecode(path)}' is no path of an entry")
        if path <= last:
            raise BadArchive(f"'{os.fsdecode(path)}' is not in order")
        if folder not in folders:
            raise BadArchive(f"'{os.fsdecode(path)}' is not in a folder")
        return path

    def _target(self) -> bytes:
        target = self._text(LONGEST_PATH)
        if not target or b"\0" in target:
            raise BadArchive("there is a link to nowhere")
        return target

    def _file(self, path: bytes, executable: bool, size: int, sink: Sink) -> bytes:
        """Give a file to a sink and return the digest of its content."""
        content = blake3()

        def chunks() -> Chunks:
            left = size
            while left:
                data = self._exact(min(CHUNK, left))
                content.update(data)
                left -= len(data)
                yield data

        reading = chunks()
        sink.file(path, executable, size, reading)
        for _ in reading:
            pass
        return content.digest()

    def _text(self, longest: int) -> bytes:
        return self._exact(self._number(longest))

    def _number(self, most: int) -> int:
        digits = b""
        while (char := self._exact(1)) != b":":
            digits += char
            if len(digits) > 20:
                break
        if NUMBER.fullmatch(digits) is None:
            raise BadArchive("there is no number where one should be")
        if int(digits) > most:
            raise BadArchive(f"there are {int(digits)} bytes where at most {most} may be")
        return int(digits)

    def _exact(self, size: int) -> bytes:
        data = self._source.read(size)
        if len(data) != size:
            raise BadArchive("it is cut off")
        return data
