"""The bytes of a file, decompressed as they are read.

In: a file. Out: a reader, by what the file begins with and not by its name: gzip, bzip2, xz,
zstd, or the file as it is.
"""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .tree_writer import BadArchive, Readable

__all__ = ["ForwardReader", "decompressed"]

LARGEST_READ = 1 << 20
"""No honest header of an archive is larger; who asks for more was told to by the archive."""


class ForwardReader:
    """A file that can be read and skipped forward, with a limit on both.

    Raises BadArchive for bytes that cannot be decompressed, a step back, too much.
    """

    def __init__(self, source: Readable, most: int) -> None:
        self._source, self._most = source, most
        self._at = 0
        self.last = b""
        """What the last read gave."""

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer at the end."""
        if size > LARGEST_READ:
            raise BadArchive(f"it has a header of {size} bytes")
        data = self._some(size)
        while len(data) < size and (more := self._some(size - len(data))):
            data += more
        self.last = data
        return data

    def _some(self, size: int) -> bytes:
        try:
            data = self._source.read(size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as problem:
            raise BadArchive(f"it is damaged: {problem}") from None
        self._at += len(data)
        if self._at > self._most:
            raise BadArchive(f"it holds more than {self._most} bytes")
        return data

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._at

    def seek(self, place: int) -> int:
        """Skip to a place that was not read yet."""
        if place < self._at:
            raise BadArchive("it is damaged: a member lies before another")
        while self._at < place and self.read(min(LARGEST_READ, place - self._at)):
            pass
        return self._at


@contextmanager
def decompressed(path: Path, most: int) -> Iterator[ForwardReader]:
    """Open a file; `most` is how many bytes may come out of it."""
    with path.open("rb") as file:
        start = file.read(6)
        file.seek(0)
        opener = next((OPENERS[magic] for magic in OPENERS if start.startswith(magic)), None)
        yield ForwardReader(opener(file) if opener else file, most)


class _Zstd:
    """A zstd stream whose errors are those of other files."""

    def __init__(self, file: IO[bytes]) -> None:
        import zstandard  # few archives need it

        self._problem = zstandard.ZstdError
        unpacker = zstandard.ZstdDecompressor()
        self._stream = unpacker.stream_reader(file, read_across_frames=True)

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except self._problem as problem:
            raise OSError(str(problem)) from None


OPENERS: Mapping[bytes, Callable[[IO[bytes]], Readable]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
    b"\x28\xb5\x2f\xfd": _Zstd,
}
"""By the first bytes of each format."""
