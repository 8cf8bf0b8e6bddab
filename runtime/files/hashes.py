"""The hash functions that sources are verified by.

In: the name of one, bytes or a file. Out: hexadecimal digests.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

from blake3 import blake3

__all__ = ["HASHES", "Hash", "NewHash", "hash_file"]

BUFFER_SIZE = 1 << 20


class Hash(Protocol):
    """A digest under way, as of hashlib."""

    def update(self, data: bytes | memoryview, /) -> object: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


NewHash: TypeAlias = Callable[[bytes | memoryview], Hash]
"""Begins a digest with some bytes."""

HASHES: Mapping[str, NewHash] = {
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "blake3": blake3,
}
"""The hash functions, by name."""


def hash_file(path: Path, kind: str) -> str:
    """Return the digest of a file's bytes. Raises OSError, KeyError for an unknown `kind`."""
    made = HASHES[kind](b"")
    buffer = memoryview(bytearray(BUFFER_SIZE))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            made.update(buffer[:count])
    return made.hexdigest()
