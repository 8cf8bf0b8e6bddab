"""Making the output of a build canonical: what it says must not depend on when and by whom.

In: a tree that a build filled. Out: the same tree with times 1, modes 0555 and
0444 (no setuid, nothing writable); links keep their targets.
"""

import os
import stat
from pathlib import Path

from ..files.tree import TreeError, walk

__all__ = ["make_canonical", "make_read_only"]

TIME_NS = 1_000_000_000


def make_canonical(tree: Path, limit: int | None = None) -> None:
    """Set times and modes below a folder; the folder itself stays writable, to be renamed.

    `limit` is the most bytes that its files may hold. Raises TreeError for a tree
    that is empty, no folder, too big, or holds what has no form.
    """
    if tree.is_symlink() or not tree.is_dir():
        raise TreeError("", "OUTPUT is not a folder")
    tree.chmod(0o755)
    size = count = 0
    for found in walk(tree):
        count += 1
        status = found.entry.stat(follow_symlinks=False)
        if not stat.S_ISLNK(status.st_mode):
            os.chmod(found.entry.name, _mode(status.st_mode), dir_fd=found.folder)
        if stat.S_ISREG(status.st_mode):
            size += status.st_size
        os.utime(
            found.entry.name, ns=(TIME_NS, TIME_NS), dir_fd=found.folder, follow_symlinks=False
        )
    if count == 0:
        raise TreeError("", "it left OUTPUT empty")
    if limit is not None and size > limit:
        raise TreeError("", f"its output holds {size} bytes, more than {limit}: raise --max-output")


def make_read_only(tree: Path) -> None:
    """Finish the top folder, once the tree is where it stays."""
    tree.chmod(0o555)
    os.utime(tree, ns=(TIME_NS, TIME_NS))


def _mode(mode: int) -> int:
    return 0o555 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o444
