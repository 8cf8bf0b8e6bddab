"""The bytes of a file, decompressed as they are read.

In: a file. Out: a reader, by what the file begins with and not by its name: gzip, bzip2, xz,
zstd, or the file as it is.

What a stream of xz or zstd says of itself decides how much memory its reader takes, up to
gigabytes, so both have a limit: xz has MOST_MEMORY, zstd the 128 MiB of its library.
"""

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .tree_writer import BadArchive, Readable

__all__ = ["ForwardReader", "decompressed"]

LARGEST_READ = 1 << 20
"""No honest header of an archive is larger; who asks for more was told to by the archive."""

MOST_MEMORY = 256 << 20
"""Four times what is made by `xz -9`."""

CHUNK = 1 << 16
LONGEST_START = 10
"""Bytes that say what a stream is."""


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
            raise BadArchive(f"it cannot be decompressed: {problem}") from None
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
        start = file.read(LONGEST_START)
        file.seek(0)
        opener = next((opener for form, opener in OPENERS if form.match(start)), None)
        yield ForwardReader(opener(file) if opener else file, most)


class _Xz:
    """The streams of an xz file, read as LZMAFile does, which has no limit on memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._ahead = file, b""
        self._stream = self._begin()

    def read(self, size: int, /) -> bytes:
        data = b""
        while not data:
            if self._stream.eof and not self._goes_on():
                return b""
            given, self._ahead = self._ahead, b""
            if not given and self._stream.needs_input:
                given = self._file.read(CHUNK)
                if not given:
                    raise EOFError("it ends in the middle of a stream")
            data = self._stream.decompress(given, size)
        return data

    def _goes_on(self) -> bool:
        """Begin the stream that follows, after zeros, which pad files; return False at the end."""
        self._ahead = self._stream.unused_data.lstrip(b"\0")
        while not self._ahead and (more := self._file.read(CHUNK)):
            self._ahead = more.lstrip(b"\0")
        if self._ahead:
            self._stream = self._begin()
        return bool(self._ahead)

    @staticmethod
    def _begin() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)


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


OPENERS: tuple[tuple[re.Pattern[bytes], Callable[[IO[bytes]], Readable]], ...] = (
    (re.compile(rb"\x1f\x8b\x08"), lambda file: gzip.GzipFile(fileobj=file)),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"), bz2.BZ2File),
    (re.compile(rb"\xfd7zXZ\0"), _Xz),
    (re.compile(rb"\x28\xb5\x2f\xfd"), _Zstd),
)
"""What each format begins with. No honest file begins so and is something else."""
