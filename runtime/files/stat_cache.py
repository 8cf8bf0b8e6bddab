"""Digests of files that have not changed since they were last read.

In: what stat(2) says of a file. Out: its digest, if device, inode, size and both
times are as they were. One file for each tree that is hashed, so that what is
loaded is what is used; deleting it costs time only.

The file: the 32 bytes of blake3 over the rest, then for each file device, inode,
size, mtime_ns, ctime_ns (8 bytes each, little-endian) and 32 bytes of digest.
A file that is damaged, or of another length, counts as empty.
"""

import os
import struct
import time
from contextlib import suppress
from pathlib import Path

from blake3 import blake3

__all__ = ["YOUNG_NS", "StatCache"]

KEY = struct.Struct("<QQqqq")
ENTRY_SIZE = KEY.size + 32

YOUNG_NS = 2_000_000_000
"""A file touched this recently can change again within one tick of its file system's clock."""


class StatCache:
    """The digests of one tree's files; `save` keeps those that were asked for or added."""

    def __init__(self, path: Path, now_ns: int | None = None) -> None:
        self._path = path
        self._oldest_young = (time.time_ns() if now_ns is None else now_ns) - YOUNG_NS
        self._known = _load(path)
        self._used: dict[bytes, bytes] = {}

    @classmethod
    def of_tree(cls, folder: Path, tree: Path) -> "StatCache":
        """Open the cache of a tree below the folder of all such caches."""
        name = blake3(os.fsencode(os.path.abspath(tree))).hexdigest()[:32]
        return cls(folder / name)

    def get(self, status: os.stat_result) -> bytes | None:
        """Return the digest of a file that has not changed."""
        key = _key(status)
        digest = self._known.get(key)
        if digest is not None:
            self._used[key] = digest
        return digest

    def put(self, status: os.stat_result, digest: bytes) -> None:
        """Remember a digest, unless the file is so young that a change might not show."""
        if max(status.st_mtime_ns, status.st_ctime_ns) < self._oldest_young:
            self._used[_key(status)] = digest

    def save(self) -> None:
        """Write what was used, if it differs from what was loaded.

        No fsync: a torn file counts as empty. A folder that cannot be written is no error.
        """
        if self._used == self._known:
            return
        body = b"".join([key + digest for key, digest in sorted(self._used.items())])
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary.write_bytes(blake3(body).digest() + body)
            temporary.replace(self._path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()


def _key(status: os.stat_result) -> bytes:
    return KEY.pack(
        status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    )


def _load(path: Path) -> dict[bytes, bytes]:
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    body = data[32:]
    if len(body) % ENTRY_SIZE or blake3(body).digest() != data[:32]:
        return {}
    starts = range(0, len(body), ENTRY_SIZE)
    return {body[at : at + KEY.size]: body[at + KEY.size : at + ENTRY_SIZE] for at in starts}
