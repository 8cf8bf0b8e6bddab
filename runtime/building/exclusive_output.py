"""Files of an output that somebody else has as well.

In: the output of a build. Out: that nobody can change it, or a TreeError.

- With the sandbox off a build can make hard links. Such a file is the one that it was made of:
  what makes an output canonical would change a file of the user, or of another entry.
- With the network a build can hand what it has open to a process outside (unix(7): names that
  are no files belong to the network's namespace), and that can write to it ever after.

A build may have closed its output, also to us where we are not root: it is opened on the way.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ..files.copies import copy_tree
from ..files.walk import Found, TreeError, walk
from .environment import SOURCE_DATE_EPOCH

__all__ = ["own_copy", "refuse_shared"]

HANDLE = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def refuse_shared(output: Path) -> None:
    """Raise TreeError for a file that has names outside of a folder as well."""
    inside: Counter[tuple[int, int]] = Counter()
    found: dict[str, os.stat_result] = {}
    if output.is_symlink() or not output.is_dir():
        return
    for one in _taken(output):
        status = one.entry.stat(follow_symlinks=False)
        if status.st_nlink > 1 and stat.S_ISREG(status.st_mode):
            inside[_inode(status)] += 1
            found[one.path] = status
    for path, status in sorted(found.items()):
        if status.st_nlink > inside[_inode(status)]:
            raise TreeError(path, "is a hard link to a file outside of OUTPUT: copy it")


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def own_copy(output: Path, copy: Path, check: Callable[[], None]) -> None:
    """Copy a folder that others may have open to one that nobody has. Raises TreeError.

    `check` is called for each entry, and what it raises ends that.
    """
    for found in _taken(output):
        check()
        mode = found.entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISREG(mode) and not mode & stat.S_IRUSR:
            os.chmod(found.entry.name, 0o700 if mode & stat.S_IXUSR else 0o600, dir_fd=found.folder)
    copy_tree(output, copy, (), SOURCE_DATE_EPOCH, check)


def _taken(output: Path) -> Iterator[Found]:
    """Walk a tree; each folder is open to us and closed to others before it is entered.

    From then on nobody else can put a link where a name was.
    """
    output.chmod(0o700)
    for found in walk(output):
        if found.is_folder:
            handle = os.open(found.entry.name, HANDLE, dir_fd=found.folder)
            try:
                os.chmod(f"/proc/self/fd/{handle}", 0o700)
            finally:
                os.close(handle)
        yield found
