"""Copies of trees, which depend on what is copied alone.

In: a folder on disk. Out: one that holds the same, with modes and times of its own.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from .walk import OPEN_FILE, Found, blamed, file_kind, walk

__all__ = ["copy_tree", "new_folder", "set_times"]


def new_folder(path: Path) -> None:
    """Make a folder that is not there yet, 0755 whatever the umask; nothing is synced."""
    path.mkdir(mode=0o700)
    path.chmod(0o755)


def copy_tree(
    source: Path,
    target: Path,
    exclude: Sequence[str],
    time: int,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Copy a tree into a new folder: writable, modes 0755 and 0644, all times `time` seconds.

    `check` is called for each entry, and what it raises ends that. Raises as `hash_tree` does.
    """
    new_folder(target)
    folders = [target]
    for found in walk(source, exclude):
        check()
        with blamed(found.path):
            copy = target / found.path
            if found.entry.is_symlink():
                copy.symlink_to(os.readlink(found.entry.name, dir_fd=found.folder))
                os.utime(copy, (time, time), follow_symlinks=False)
            elif found.is_folder:
                new_folder(copy)
                folders.append(copy)
            else:
                _copy_file(found, copy, time)
    for folder in folders:  # once nothing is put into them any more
        os.utime(folder, (time, time))


def _copy_file(found: Found, copy: Path, time: int) -> None:
    source = os.open(found.entry.name, OPEN_FILE, dir_fd=found.folder)
    try:
        status = os.fstat(source)
        mode = 0o755 if file_kind(found.path, status) == b"x" else 0o644
        target = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            while os.sendfile(target, source, None, 1 << 30):
                pass
            os.fchmod(target, mode)
            os.utime(target, (time, time))
        finally:
            os.close(target)
    finally:
        os.close(source)


def set_times(tree: Path, time: int) -> None:
    """Set the times of a folder and all in it to `time` seconds. Raises TreeError."""
    for found in walk(tree):
        with blamed(found.path):
            os.utime(found.entry.name, (time, time), dir_fd=found.folder, follow_symlinks=False)
    os.utime(tree, (time, time))
