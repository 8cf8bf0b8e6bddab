"""The files that a stack takes from beside its program.

In: a file or folder. Out: a `ConfigSource` with all that it holds, which is what later stages
see; or a located E17. Folders give their files; links and what is neither are refused.
"""

import os
import stat
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import Base64
from ...ir.program import ConfigSource, SourceFile
from ...ir.span import Span
from ...ir.text import Bytes, Text
from ..files.walk import TreeError, walk
from .source import missing

__all__ = ["read_contents"]

MOST = 16 << 20
"""Bytes in all; what is larger is a package, and no configuration."""


def read_contents(path: str, exclude: Sequence[str], span: Span, folder: str) -> ConfigSource:
    """Read a file or folder, which must lie in `folder`, the program's.

    Raises ProgramError: E17 if it is not there, cannot be read, holds a link, leads elsewhere
    or is too large; E1 for a bad pattern.
    """
    if not os.path.exists(path):
        raise ProgramError([missing(path, span)])
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise _refused(Code.E17, f"source '{path}' leads out of the program's folder", span)
    try:
        files = tuple(sorted(_files(Path(path), exclude), key=lambda file: file.path))
    except TreeError as problem:
        raise _refused(Code.E17, f"source '{path}': {problem}", span) from None
    except ValueError as problem:
        raise _refused(Code.E1, f"'exclude' of source '{path}': {problem}", span) from None
    return ConfigSource(path, tuple(exclude), files)


def _files(path: Path, exclude: Sequence[str]) -> Iterator[SourceFile]:
    single, left = not path.is_dir(), MOST
    for found in walk(path, exclude):
        if found.is_folder:
            continue
        status = found.entry.stat(follow_symlinks=single)
        if not stat.S_ISREG(status.st_mode):
            what = "a link" if found.entry.is_symlink() else "a special file"
            raise TreeError(found.path, f"{what}, and a stack takes files and folders only")
        left -= status.st_size
        if left < 0:
            raise TreeError(found.path, f"with it the files hold more than {MOST} bytes")
        data = _read(found.entry.name, found.folder)
        yield SourceFile("" if single else found.path, bool(status.st_mode & 0o100), _text(data))


def _read(name: str, folder: int) -> bytes:
    with open(os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder), "rb") as file:
        return file.read(MOST + 1)


def _text(data: bytes) -> Text:
    """Return bytes as a text if they are one."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return (Bytes(Base64(b64encode(data).decode("ascii"))),)
    return (text,) if text else ()


def _refused(code: Code, message: str, span: Span) -> ProgramError:
    return ProgramError([Diagnostic(code, message, span)])
