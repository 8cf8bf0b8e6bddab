"""What lies below a folder, entry by entry.

In: a folder, or one file, on disk, and patterns of what to leave out. Out: its entries,
each with the open folder that holds it; TreeError names the one that cannot be read.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

__all__ = ["OPEN_FILE", "Found", "TreeError", "blame", "blamed", "file_kind", "walk"]

OPEN_FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
OPEN_FOLDER = os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY

NO_FORM = "neither folder, file nor link"

Keep = Callable[[str, bool], bool]


class TreeError(Exception):
    """An entry that cannot be read, or that is neither folder, file nor link."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"'{path}': {problem}" if path else problem)


class Found(NamedTuple):
    """An entry of a tree: its path, and the open folder that holds it."""

    path: str
    entry: os.DirEntry[str]
    folder: int
    is_folder: bool


def file_kind(path: str, status: os.stat_result) -> bytes:
    """Return `x` for a file that its owner may execute, else `f`. Raises TreeError for no file."""
    if not stat.S_ISREG(status.st_mode):
        raise TreeError(path, NO_FORM)
    return b"x" if status.st_mode & stat.S_IXUSR else b"f"


def walk(path: Path, exclude: Sequence[str] = ()) -> Iterator[Found]:
    """Yield every entry below a folder, folders before what is in them; a file is yielded alone.

    A folder's entries come in the order of their names, so that copies are made in one order
    whatever the disk. One folder is open at a time, so depth is limited by the length of a
    path only.
    """
    keep = _keeper(exclude)
    single = None if path.is_dir() else path.name
    with blamed(str(path)):
        root = os.open(path if single is None else path.parent, OPEN_FOLDER)
    waiting = [""]
    try:
        while waiting:
            prefix = waiting.pop()
            with blamed(prefix or str(path)):
                folder = os.open(prefix or ".", OPEN_FOLDER | os.O_NOFOLLOW, dir_fd=root)
            try:
                with blamed(prefix or str(path)), os.scandir(folder) as scan:
                    entries = sorted(scan, key=_name)
                for entry in entries:
                    if single is not None and entry.name != single:
                        continue
                    name = prefix + entry.name
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if keep and not keep(name, is_folder):
                        continue
                    yield Found(name, entry, folder, is_folder)
                    if is_folder:
                        waiting.append(name + "/")
            finally:
                os.close(folder)
    finally:
        os.close(root)


_name = attrgetter("name")


def _keeper(exclude: Sequence[str]) -> Keep | None:
    if not exclude:
        return None
    from pathspec import GitIgnoreSpec  # compiles regular expressions: only where patterns are

    spec = GitIgnoreSpec.from_lines(exclude)
    return lambda name, is_folder: not spec.match_file(name + "/" if is_folder else name)


@contextmanager
def blamed(path: str) -> Iterator[None]:
    """Turn what the disk says into a TreeError that names the entry."""
    try:
        yield
    except OSError as problem:
        raise blame(path, problem) from None


def blame(path: str, problem: OSError) -> TreeError:
    """Return what the disk says as a TreeError that names the entry."""
    if problem.errno == errno.ENXIO:  # what open(2) says of a socket
        return TreeError(path, NO_FORM)
    return TreeError(path, problem.strerror or str(problem))
