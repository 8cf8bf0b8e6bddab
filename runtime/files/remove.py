"""Removing a tree, whatever somebody does in it meanwhile.

In: a path. Out: nothing there. A build may have left a folder of it open to a process that puts
links into it; so each folder is opened where it was found, and no link is followed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["remove_tree"]

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_tree(path: Path) -> None:
    """Remove a file, link or folder with everything in it, read-only or not; no error if gone.

    Folders are moved up before they are emptied, so neither depth nor the length of paths
    matters.
    """
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    moved = 0
    with _own_folder(path) as top:
        while found := _listed(top):
            for name, is_folder in found:
                if is_folder:
                    moved = _empty(name, top, moved)
                    os.rmdir(name, dir_fd=top)
                else:
                    os.unlink(name, dir_fd=top)
    path.rmdir()


def _empty(name: str, top: int, moved: int) -> int:
    """Remove the files of a folder of `top`, and move its folders there, under unused names."""
    with _own_folder(name, top) as folder:
        for inner, is_folder in _listed(folder):
            if not is_folder:
                os.unlink(inner, dir_fd=folder)
                continue
            with _own_folder(inner, folder):  # rename(2) wants to write `..` in it
                while _is_in(top, f".moved-{moved}"):
                    moved += 1
                os.rename(inner, f".moved-{moved}", src_dir_fd=folder, dst_dir_fd=top)
    return moved


@contextmanager
def _own_folder(name: str | Path, parent: int | None = None) -> Iterator[int]:
    """Open a folder that we may read and change then, whatever its mode was."""
    try:
        descriptor = os.open(name, OPEN_FOLDER, dir_fd=parent)
    except PermissionError:
        with _handle(name, parent) as handle:
            os.chmod(f"/proc/self/fd/{handle}", 0o700)
        descriptor = os.open(name, OPEN_FOLDER, dir_fd=parent)
    try:
        os.fchmod(descriptor, 0o700)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _handle(name: str | Path, parent: int | None) -> Iterator[int]:
    """Hold a folder that we may not read."""
    descriptor = os.open(name, OPEN_FOLDER | os.O_PATH, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _listed(folder: int) -> list[tuple[str, bool]]:
    """Return the names in a folder, and whether each is a folder itself."""
    with os.scandir(folder) as entries:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]


def _is_in(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
