r"""The one byte form of a file tree, and its identity.

In: a folder, or one file, on disk. Out: a `Digest` that depends on names, bytes,
the x bit and link targets, and on nothing else: no times, owners, other mode
bits, order of creation, umask or place.

Tree bytes, version 1
---------------------
The seven bytes `PTREE1` LF, followed by one record for each entry, sorted by the
bytes of their paths. `<n:bytes>` stands for the number of bytes in decimal, a
colon and the bytes; paths are relative, names joined with `/`; the root's is empty.

    folder            d <n:path>
    file              f <n:path> <the 32 bytes of blake3 over its content>
    executable file   x <n:path> <the same>
    symbolic link     l <n:path> <n:target>

A file is executable if its owner's x bit is set. A tree that is a single file is
a folder that holds it. Any other kind of entry has no form. The identity is
blake3 over these bytes in derive-key mode under CONTEXT.

With another hash function (`hash_tree_with`) that function takes the place of blake3 for
the files and for the whole, where it has no mode: the bytes begin with MAGIC in any case.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from blake3 import blake3

from ...ir.names import Digest
from .walk import OPEN_FILE, Found, blame, file_kind, walk

if TYPE_CHECKING:
    from .hashes import NewHash

__all__ = ["FileDigests", "See", "TreeHasher", "hash_tree", "hash_tree_with"]

CONTEXT = "punix 2026-11-23 tree v1"
MAGIC = b"PTREE1\n"

BUFFER_SIZE = 1 << 20
"""Bytes read at once: fits the cache of a core; blake3's threads pay only above it."""

MAPPED_SIZE = 16 << 20
"""From this size on a file is mapped rather than read, which doubles the speed."""

MAPPED_PIECE = 256 << 20
"""Bytes hashed in one call, which no signal ends: a tenth of a second."""

See = Callable[[bytes | memoryview], None]
"""Is shown the names, link targets and bytes of a tree, piece by piece."""


class FileDigests(Protocol):
    """A memory of digests of files by what stat(2) says of them."""

    def get(self, status: os.stat_result) -> bytes | None:
        """Return the digest of an unchanged file."""

    def put(self, status: os.stat_result, digest: bytes) -> None:
        """Remember a digest; `status` is from before the file was read."""


def hash_tree(
    path: Path,
    exclude: Sequence[str] = (),
    *,
    digests: FileDigests | None = None,
    see: See | None = None,
    check: Callable[[], None] = lambda: None,
) -> Digest:
    """Return the identity of a tree, without what `.gitignore`-style patterns exclude.

    A file that `digests` knows is not opened. `see` is shown every name, link
    target and content on the way; then every file is read. `check` is called again and again,
    and what it raises ends that.
    Raises TreeError for what cannot be read or has no form, ValueError for a bad pattern.
    """
    data = _tree_bytes(path, exclude, _Reader(blake3, digests, see, check), see)
    return Digest(blake3(data, derive_key_context=CONTEXT).hexdigest())


def hash_tree_with(kind: str, path: Path) -> str:
    """Return the digest of a tree by another hash function, in hexadecimal; see above.

    Raises TreeError as `hash_tree` does, which this is for blake3; KeyError for an unknown kind.
    """
    if kind == "blake3":
        return hash_tree(path)
    from .hashes import HASHES  # hashlib, which few trees need

    new = HASHES[kind]
    return new(_tree_bytes(path, (), _Reader(new, None, None, lambda: None), None)).hexdigest()


def _tree_bytes(path: Path, exclude: Sequence[str], reader: "_Reader", see: See | None) -> bytes:
    records = [(b"", b"d0:")]
    for found in walk(path, exclude):
        reader.check()
        name = os.fsencode(found.path)
        if see:
            see(name)
        records.append((name, reader.record(found, b"%d:%b" % (len(name), name))))
    records.sort()
    return MAGIC + b"".join([record for _, record in records])


class TreeHasher:
    """The identity of a tree whose entries are told one by one, by the bytes of their paths."""

    def __init__(self) -> None:
        self._hasher = blake3(MAGIC + b"d0:", derive_key_context=CONTEXT)

    def add(self, kind: bytes, path: bytes, rest: bytes = b"") -> bytes:
        """Add an entry and return its record; `rest` is what follows the path in it."""
        record = b"%b%d:%b%b" % (kind, len(path), path, rest)
        self._hasher.update(record)
        return record

    def digest(self) -> Digest:
        """Return the identity of what was told."""
        return Digest(self._hasher.hexdigest())


class _Reader:
    """Makes records; holds the one buffer that all files are read into."""

    def __init__(
        self,
        new: "NewHash",
        digests: FileDigests | None,
        see: See | None,
        check: Callable[[], None],
    ) -> None:
        # What is remembered is somebody's own: a file that is cut off while it is mapped would
        # end this process (SIGBUS).
        self._new, self._mapped = new, new is blake3 and not see and not digests
        self._digests, self._see, self.check = digests, see, check
        self._buffer = memoryview(bytearray(BUFFER_SIZE))
        self._buffers = [self._buffer]

    def record(self, found: Found, name: bytes) -> bytes:
        if found.is_folder:
            return b"d" + name
        entry = found.entry
        try:
            if entry.is_symlink():
                target = os.fsencode(os.readlink(entry.name, dir_fd=found.folder))
                if self._see:
                    self._see(target)
                return b"l%b%d:%b" % (name, len(target), target)
            return self._file(found, name)
        except OSError as problem:
            raise blame(found.path, problem) from None

    def _file(self, found: Found, name: bytes) -> bytes:
        if self._digests and not self._see:
            status = found.entry.stat(follow_symlinks=False)
            known = self._digests.get(status)
            if known is not None:
                return file_kind(found.path, status) + name + known
        descriptor = os.open(found.entry.name, OPEN_FILE, dir_fd=found.folder)
        try:
            status = os.fstat(descriptor)
            kind = file_kind(found.path, status)
            digest = self._content(descriptor, status.st_size)
        finally:
            os.close(descriptor)
        if self._digests:
            self._digests.put(status, digest)
        return kind + name + digest

    def _content(self, descriptor: int, size: int) -> bytes:
        if size >= MAPPED_SIZE and self._mapped:
            return self._mapped_content(descriptor, size)
        count = os.readv(descriptor, self._buffers)
        data = self._buffer[:count]
        if self._see:
            self._see(data)
        made = self._new(data)
        if count == size:  # most files: no second read
            return made.digest()
        while count := os.readv(descriptor, self._buffers):
            self.check()
            data = self._buffer[:count]
            made.update(data)
            if self._see:
                self._see(data)
        return made.digest()

    def _mapped_content(self, descriptor: int, size: int) -> bytes:
        import mmap  # few trees have such files

        hasher = blake3(max_threads=blake3.AUTO)
        with (
            mmap.mmap(descriptor, size, prot=mmap.PROT_READ) as mapped,
            memoryview(mapped) as data,
        ):
            for at in range(0, size, MAPPED_PIECE):
                self.check()
                with data[at : at + MAPPED_PIECE] as piece:
                    hasher.update(piece)
        return hasher.digest()
