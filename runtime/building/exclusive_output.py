"""Files of an output that somebody else has as well.

In: the output of a build. Out: that nobody can change it, or a TreeError.

- With the sandbox off a build can make hard links. Such a file is the one that it was made of:
  what makes an output canonical would change a file of the user, or of another entry.
- With the network a build can hand what it has open to a process outside (unix(7): names that
  are no files belong to the network's namespace), and that can write to it ever after.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ..files.copies import copy_tree
from ..files.walk import TreeError, walk
from .environment import SOURCE_DATE_EPOCH

__all__ = ["own_copy", "refuse_shared"]


def refuse_shared(output: Path) -> None:
    """Raise TreeError for a file that has names outside of a folder as well."""
    inside: Counter[tuple[int, int]] = Counter()
    found: dict[str, os.stat_result] = {}
    if output.is_symlink() or not output.is_dir():
        return
    for one in walk(output):
        status = one.entry.stat(follow_symlinks=False)
        if status.st_nlink > 1 and stat.S_ISREG(status.st_mode):
            inside[_inode(status)] += 1
            found[one.path] = status
    for path, status in sorted(found.items()):
        if status.st_nlink > inside[_inode(status)]:
            raise TreeError(path, "is a hard link to a file outside of OUTPUT: copy it")


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def own_copy(output: Path, check: Callable[[], None]) -> Path:
    """Copy a folder to one beside it that nobody has open; return that. Raises TreeError.

    First each folder is closed to others, from the top: then no name in it can become a link
    while it is copied. `check` is called for each entry, and what it raises ends that.
    """
    for one in walk(output):
        os.fchmod(one.folder, 0o700)
    copy = output.with_name("copy")
    copy_tree(output, copy, (), SOURCE_DATE_EPOCH, check)
    return copy
