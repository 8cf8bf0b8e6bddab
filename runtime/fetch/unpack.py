"""A downloaded file as the folder that a build starts in.

In: a file and what it is called. Out: a folder with what the archive holds, or with the file
itself if it is none; or BadArchive. What a file is, its content says; its name only says
that it is wanted whole: a wheel is a zip file that nobody wants unpacked.
"""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

from .compression import decompressed
from .tar import BLOCK, is_tar, unpack_tar
from .tree_writer import BadArchive, Limits, TreeWriter
from .zip import is_zip, unpack_zip

__all__ = ["unpack"]

WHOLE = (".whl", ".gem", ".jar", ".war", ".egg", ".nupkg")
"""Packages of other tools, which take them as they are."""

HEADERS = 4
"""The headers of an archive may be some times as large as what it holds: its files are empty."""


def unpack(
    file: Path, name: str, folder: Path, check: Callable[[], None], limits: Limits | None = None
) -> None:
    """Make a folder from a file; `check` is called often, and what it raises ends that.

    Raises BadArchive, which leaves half of the folder, and OSError.
    """
    limits = limits or Limits()
    size = file.stat().st_size
    writer = TreeWriter(folder, size, limits, check)
    try:
        if not name.endswith(WHOLE) and _unpacked(file, writer, limits.most(size)):
            writer.finish()
        else:
            shutil.copyfile(file, folder / name)
            (folder / name).chmod(0o644)
    except OSError as problem:
        if problem.errno not in (errno.ENAMETOOLONG, errno.EILSEQ):
            raise
        raise BadArchive(f"a name in it is too long: '{problem.filename}'") from None


def _unpacked(file: Path, writer: TreeWriter, most: int) -> bool:
    """Unpack an archive; return False if the file is none."""
    with file.open("rb") as opened:
        if is_zip(opened.read(BLOCK)):
            unpack_zip(file, writer)
            return True
    if not _holds_tar(file):
        return False
    with decompressed(file, HEADERS * most) as reader:
        unpack_tar(reader, writer)
    return True


def _holds_tar(file: Path) -> bool:
    with decompressed(file, BLOCK) as reader:
        return is_tar(reader.read(BLOCK))
