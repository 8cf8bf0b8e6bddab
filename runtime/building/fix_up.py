"""Mending what a build installed: what works only where or when it was built.

In: the output of a build, the direct inputs in the order of PATH, the private folder that
the build saw. Out: the same output, with these files mended, and the files that still
mention the private folder:

    scripts                  `#!/usr/bin/env X` and `#!/bin/X` become X of the first input
                             that has one, because a service has no PATH of the build
    *.la                     dependency_libs is emptied: libtool's list of libraries of
                             libraries, which ELF files know by themselves
    share/{info,man}/**.gz   no time in the header (RFC 1952, bytes 4 to 7)
    share/info/dir           removed: the contents of all manuals of a machine
"""

import os
import re
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from ..files.walk import Found, walk

__all__ = ["fix_up"]

HEAD = 4096
"""Bytes of a file that say what it is; the kernel reads 256 of a script."""
LARGEST = 64 << 20
"""Bytes of a file that is mended or searched: it is in memory as a whole."""

SHEBANG = rb"#![ \t]*(?:/usr/bin/env[ \t]+|(?:/usr(?:/local)?)?/bin/)([\w.+-]+)(?=[ \t\n])"
LONGEST_SHEBANG = 255
LIBRARIES_OF_LIBRARIES = rb"(?m)^dependency_libs=.*$"
MANUAL = r"share/(?:info|man)/.+\.gz"
OPEN = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW


def fix_up(
    output: Path, inputs: Iterable[Path], private: Path, check: Callable[[], None] = lambda: None
) -> list[str]:
    """Mend the files of an output; return those that mention `private`, sorted.

    Binaries are not searched: debug information has names of sources, and harms nobody.
    `check` is called for each entry, and what it raises ends that. Raises TreeError for what
    cannot be read.
    """
    if output.is_symlink() or not output.is_dir():
        return []
    output.chmod(0o755)  # a build may have closed it, also to us
    mender = _Mender([path / "bin" for path in inputs], os.fsencode(private) + b"/")
    mentioning = []
    for found in walk(output):
        check()
        if mender.mended(found):
            mentioning.append(found.path)
    return sorted(mentioning)


class _Mender:
    """Mends entries, and says of each whether it mentions the private folder."""

    def __init__(self, programs: list[Path], private: bytes) -> None:
        self._programs, self._private = programs, private
        self._mention = re.compile(rb"(?:(?<=-[IL])|(?<![\w.~*)}]))" + re.escape(private))

    def mended(self, found: Found) -> bool:
        name, folder = found.entry.name, found.folder
        if found.entry.is_symlink():
            target = os.fsencode(os.readlink(name, dir_fd=folder)) + b"/"
            return target.startswith(self._private)
        status = found.entry.stat(follow_symlinks=False)
        mode = status.st_mode
        os.chmod(name, stat.S_IMODE(mode) | (0o700 if found.is_folder else 0o600), dir_fd=folder)
        if not stat.S_ISREG(mode) or status.st_size > LARGEST:
            return False
        if found.path == "share/info/dir":
            os.unlink(name, dir_fd=folder)
            return False
        file = os.open(name, OPEN, dir_fd=folder)
        try:
            return self._file(file, found.path, bool(mode & stat.S_IXUSR))
        finally:
            os.close(file)

    def _file(self, file: int, path: str, executable: bool) -> bool:
        head = os.pread(file, HEAD, 0)
        if re.fullmatch(MANUAL, path) and head.startswith(b"\x1f\x8b"):
            os.pwrite(file, bytes(4), 4)
        if not head or b"\0" in head:
            return False
        data = mended = _read(file)
        if executable and (better := _shebang(head, self._programs)):
            mended = mended.replace(*better, 1)
        if path.endswith(".la"):
            mended = re.sub(LIBRARIES_OF_LIBRARIES, b"dependency_libs=''", mended, count=1)
        if mended != data:
            os.ftruncate(file, os.pwrite(file, mended, 0))
        # The plain search first: it is 200 times as fast, and finds nothing in most files.
        return self._private in mended and self._mention.search(mended) is not None


def _shebang(head: bytes, programs: list[Path]) -> tuple[bytes, bytes] | None:
    """Return the start of a script and what to put there instead; None if it is right."""
    found = re.match(SHEBANG, head)
    if found is None:
        return None
    for folder in programs:
        program = folder / os.fsdecode(found[1])
        if program.is_file():
            start = b"#!" + os.fsencode(program)
            rest = head[found.end() :].split(b"\n")[0]
            return (found[0], start) if len(start + rest) <= LONGEST_SHEBANG else None
    return None


def _read(file: int) -> bytes:
    with open(file, "rb", closefd=False) as stream:
        stream.seek(0)
        return stream.read()
