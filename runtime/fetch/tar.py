"""Tar archives: recognised, and unpacked one member after the other.

In: the bytes of an archive. Out: its members in a `TreeWriter`, or BadArchive.

Each member passes the `data` filter of tarfile as well, which knows of attacks that this
file may not know of.
"""

import tarfile
from pathlib import Path
from typing import IO, cast

from .compression import ForwardReader
from .tree_writer import BadArchive, TreeWriter

__all__ = ["is_tar", "unpack_tar"]

BLOCK = tarfile.BLOCKSIZE
REFUSED = {
    tarfile.SpecialFileError: "is neither folder, file nor link",
    tarfile.AbsoluteLinkError: "is a link that does not stay inside",
    tarfile.LinkOutsideDestinationError: "is a link that does not stay inside",
}
ENCODING, ERRORS = "utf-8", "surrogateescape"


def is_tar(start: bytes) -> bool:
    """Whether a file that begins so is a tar archive; one without members is none."""
    try:
        tarfile.TarInfo.frombuf(start, ENCODING, ERRORS)
    except tarfile.HeaderError:
        return False
    return True


def unpack_tar(reader: ForwardReader, writer: TreeWriter, folder: Path) -> None:
    """Hand every member to `writer`, which fills `folder`. Raises BadArchive, OSError."""
    try:
        with tarfile.open(
            fileobj=cast(IO[bytes], reader), mode="r:", encoding=ENCODING, errors=ERRORS
        ) as archive:
            while member := archive.next():
                archive.members.clear()  # type: ignore[attr-defined]  # a million are a gigabyte
                _unpack(archive, member, writer, folder)
    except (tarfile.TarError, ValueError, OverflowError) as problem:
        raise BadArchive(f"it is damaged: {problem}") from None
    except RecursionError:  # tarfile reads what follows a long name within what reads the name
        raise BadArchive("it is damaged: hundreds of long names in a row") from None
    if reader.last.strip(b"\0"):  # tarfile takes anything odd for the end
        raise BadArchive("it is damaged: what follows a member is none")


def _unpack(
    archive: tarfile.TarFile, member: tarfile.TarInfo, writer: TreeWriter, folder: Path
) -> None:
    name = member.name
    try:
        tarfile.data_filter(member, str(folder))
    except tarfile.FilterError as problem:
        why = REFUSED.get(type(problem), "is not inside the source")
        raise BadArchive(f"'{name}' {why}") from None
    if member.isdir():
        writer.folder(name)
    elif member.issym():
        writer.link(name, member.linkname)
    elif member.islnk():
        writer.hard_link(name, member.linkname)
    else:
        content = archive.extractfile(member)
        assert content is not None, "the filter lets only files pass"
        writer.file(name, content, bool(member.mode & 0o100))
