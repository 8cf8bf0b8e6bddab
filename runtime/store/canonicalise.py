"""Making the output of a build canonical: what it says must not depend on when and by whom.

In: a tree that a build filled. Out: the same tree, ours, with times 1, modes 0555 and
0444 (no setuid, nothing writable) and without the extended attributes that give
rights or content; links keep their targets.
"""

import os
import stat
from pathlib import Path

from ..files.walk import Found, TreeError, walk

__all__ = ["TIME_NS", "canonical_mode", "make_canonical", "make_read_only", "surplus_attributes"]

TIME_NS = 1_000_000_000
"""The time of everything in the store: one second after the epoch."""

GIVES_RIGHTS = ("security.capability", "system.posix_acl_access", "system.posix_acl_default")


def make_canonical(tree: Path, limit: int | None = None) -> int:
    """Set times and modes below a folder, and return the bytes that its files hold.

    The folder itself stays writable, to be renamed. `limit` is the most bytes that its
    files may hold. Raises TreeError for a tree that is empty, no folder, too big, or
    holds what has no form.
    """
    if tree.is_symlink() or not tree.is_dir():
        raise TreeError("", "OUTPUT is not a folder")
    _own(tree, tree.stat())
    _strip(tree)
    tree.chmod(0o755)
    size = count = 0
    for found in walk(tree):
        count += 1
        size += _settle(found)
    if count == 0:
        raise TreeError("", "it left OUTPUT empty")
    if limit is not None and size > limit:
        raise TreeError("", f"its output holds {size} bytes, more than {limit}: raise --max-output")
    return size


def _settle(found: Found) -> int:
    """Make one entry canonical; return its bytes if it is a file."""
    name, folder = found.entry.name, found.folder
    status = found.entry.stat(follow_symlinks=False)
    path = Path(f"/proc/self/fd/{folder}/{name}")
    _own(path, status)
    if not stat.S_ISLNK(status.st_mode):
        _strip(path)
        os.chmod(name, canonical_mode(status.st_mode), dir_fd=folder)
    os.utime(name, ns=(TIME_NS, TIME_NS), dir_fd=folder, follow_symlinks=False)
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _own(path: Path, status: os.stat_result) -> None:
    """Take what root gave away in a build without a sandbox: an owner can change any mode."""
    if status.st_uid != os.geteuid():
        os.chown(path, os.geteuid(), os.getegid(), follow_symlinks=False)


def make_read_only(tree: Path) -> None:
    """Finish the top folder, once the tree is where it stays."""
    tree.chmod(0o555)
    os.utime(tree, ns=(TIME_NS, TIME_NS))


def canonical_mode(mode: int) -> int:
    """Return the permission bits of a file or folder in the store, from what it had."""
    return 0o555 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o444


def surplus_attributes(path: Path) -> list[str]:
    """Return the extended attributes that an entry of the store may not have.

    Others are the system's own: a label of SELinux is none of the build's doing.
    """
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except OSError:  # a file system without any
        return []
    return [name for name in names if name.startswith("user.") or name in GIVES_RIGHTS]


def _strip(path: Path) -> None:
    names = surplus_attributes(path)
    if names:
        path.chmod(0o700)  # what is read-only keeps its attributes
    for name in names:
        os.removexattr(path, name, follow_symlinks=False)
