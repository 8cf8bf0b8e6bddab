"""Zip archives, unpacked one member after the other.

In: an archive. Out: its members in a `TreeWriter`, or BadArchive. Modes and links are
those of archives made on Unix: the upper half of a member's external attributes.
"""

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from .tree_writer import BadArchive, TreeWriter

__all__ = ["is_zip", "unpack_zip"]

LONGEST_LINK = 4096
ENCRYPTED = 0x1
UNIX = 3

BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, ValueError),
)
"""What zipfile raises for archives that are none, damaged, or of a kind it does not know."""


def is_zip(start: bytes) -> bool:
    """Whether a file that begins so is a zip archive with members."""
    return start.startswith(b"PK\x03\x04")


def unpack_zip(path: Path, writer: TreeWriter) -> None:
    """Hand every member to `writer`. Raises BadArchive, OSError."""
    try:
        with zipfile.ZipFile(path, metadata_encoding="utf-8") as archive:
            for member in archive.infolist():
                _unpack(archive, member, writer)
    except UnicodeDecodeError as problem:
        name = problem.object.decode("utf-8", "replace")
        raise BadArchive(f"the name '{name}' is no UTF-8") from None
    except BROKEN as problem:
        raise BadArchive(f"it is damaged: {problem}") from None
    except OSError as problem:
        if problem.errno is None:  # bz2 has no error of its own
            raise BadArchive(f"it is damaged: {problem}") from None
        raise


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, writer: TreeWriter) -> None:
    name = member.filename
    mode = member.external_attr >> 16 if member.create_system == UNIX else 0
    if member.flag_bits & ENCRYPTED:
        raise BadArchive(f"'{name}' is encrypted")
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
