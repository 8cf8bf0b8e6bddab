"""Files of an output that are also somewhere else.

In: the output of a build that saw the whole machine. Out: nothing, or a TreeError. A hard link
is the file itself: what makes an output canonical would change a file of the user, or of
another entry. In a sandbox with mounts of its own no such link can be made.
"""

import os
import stat
from collections import Counter
from pathlib import Path

from ..files.tree import TreeError, walk

__all__ = ["refuse_shared"]


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
