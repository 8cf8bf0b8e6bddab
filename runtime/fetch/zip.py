"""Zip archives, unpacked one member after the other.

In: an archive. Out: its members in a `TreeWriter`, or BadArchive. Modes and links are
those of archives made on Unix: the upper half of a member's external attributes.

Members are stored or deflated. What zipfile reads of other methods it decompresses whole, so
that a few bytes of a bomb would become gigabytes of memory, and so would a long table of members.
"""

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from .tree_writer import BadArchive, TreeWriter

__all__ = ["is_zip", "unpack_zip"]

LONGEST_LINK = 4096
LONGEST_READ = 64 << 20
"""Of the table of members, which is read whole: some 600,000 of them have that much."""
ENCRYPTED = 0x1
UNIX = 3
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError)
"""What zipfile raises for archives that are none, damaged, or of a kind it does not know."""


class _Reader(io.BufferedReader):
    """A file of which only so much is read at once, and nothing before its start."""

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_SET and place < 0:
            raise BadArchive("it is damaged: a member lies before the archive")
        return super().seek(place, whence)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LONGEST_READ:
            raise BadArchive(f"its table of members has {size} bytes")
        return super().read(size)


def is_zip(start: bytes) -> bool:
    """Whether a file that begins so is a zip archive with members."""
    return start.startswith(b"PK\x03\x04")


def unpack_zip(path: Path, writer: TreeWriter) -> None:
    """Hand every member to `writer`. Raises BadArchive, OSError."""
    try:
        with (
            _Reader(io.FileIO(path)) as file,
            zipfile.ZipFile(file, metadata_encoding="utf-8") as archive,
        ):
            for member in archive.infolist():
                _unpack(archive, member, writer)
    except UnicodeDecodeError as problem:
        name = problem.object.decode("utf-8", "replace")
        raise BadArchive(f"the name '{name}' is no UTF-8") from None
    except BROKEN as problem:
        raise BadArchive(f"it is damaged: {problem}") from None


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, writer: TreeWriter) -> None:
    name = member.filename
    mode = member.external_attr >> 16 if member.create_system == UNIX else 0
    if member.flag_bits & ENCRYPTED:
        raise BadArchive(f"'{name}' is encrypted")
    if member.compress_type not in METHODS:
        raise BadArchive(f"'{name}' is neither stored nor deflated")
    if name.endswith("/"):
        writer.folder(name)
        return
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFLNK):
        raise BadArchive(f"'{name}' is neither folder, file nor link")
    with archive.open(member) as content:
        if stat.S_ISLNK(mode):
            target = content.read(LONGEST_LINK)
            writer.link(name, target.decode("utf-8", "surrogateescape"))
        else:
            writer.file(name, content, bool(mode & stat.S_IXUSR))
