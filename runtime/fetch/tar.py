"""Tar archives: recognised, and unpacked one member after the other.

In: the bytes of an archive. Out: its members in a `TreeWriter`, or BadArchive.

The writer refuses whatever leads out. The filters of tarfile would do so once more, but
Python has them from 3.11.4 on, and Debian 12 has 3.11.2.
"""

import tarfile
from typing import IO, cast

from .compression import ForwardReader
from .tree_writer import BadArchive, TreeWriter

__all__ = ["BLOCK", "is_tar", "unpack_tar"]

BLOCK = tarfile.BLOCKSIZE
ENCODING, ERRORS = "utf-8", "surrogateescape"


def is_tar(start: bytes) -> bool:
    """Whether a file that begins so is a tar archive; one without members is none."""
    try:
        tarfile.TarInfo.frombuf(start, ENCODING, ERRORS)
    except tarfile.HeaderError:
        return False
    return True


def unpack_tar(reader: ForwardReader, writer: TreeWriter) -> None:
    """Hand every member to `writer`. Raises BadArchive, OSError."""
    try:
        with tarfile.open(
            fileobj=cast(IO[bytes], reader), mode="r:", encoding=ENCODING, errors=ERRORS
        ) as archive:
            while member := archive.next():
                archive.members.clear()  # type: ignore[attr-defined]  # a million are a gigabyte
                _unpack(archive, member, writer)
    except (tarfile.TarError, ValueError, OverflowError) as problem:
        raise BadArchive(f"it is damaged: {problem}") from None
    except RecursionError:  # tarfile reads what follows a long name within what reads the name
        raise BadArchive("it is damaged: hundreds of long names in a row") from None
    if reader.last.strip(b"\0"):  # tarfile takes anything odd for the end
        raise BadArchive("it is damaged: what follows a member is none")


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, writer: TreeWriter) -> None:
    name = member.name
    if member.isdir():
        writer.folder(name)
    elif member.issym():
        writer.link(name, member.linkname)
    elif member.islnk():
        writer.hard_link(name, member.linkname)
    elif member.isreg():
        content = archive.extractfile(member)
        assert content is not None, "tarfile opens what is a file"
        writer.file(name, content, bool(member.mode & 0o100))
    else:
        raise BadArchive(f"'{name}' is neither folder, file nor link")
