"""The few file-system steps that survive a crash.

In: paths and bytes. Out: files that are wholly there or not at all. Everything
is written under a temporary name, fsynced, renamed, and its folder fsynced;
modes are set, never inherited from the umask.
"""

import ctypes
import os
from pathlib import Path

__all__ = ["replace_link", "sync_filesystem", "sync_folder", "write_file"]


def write_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put a file in place of whatever has its name, whole or not at all."""
    temporary = path.with_name(f".{path.name}.punix")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_link(path: Path, target: str, temporary: str | None = None) -> None:
    """Make `path` a symbolic link to `target` in one rename; the caller syncs the folder."""
    staged = path.with_name(temporary or f".{path.name}.punix")
    staged.unlink(missing_ok=True)
    os.symlink(target, staged)
    os.replace(staged, path)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_filesystem(path: Path) -> None:
    """Make everything on the file system that holds `path` durable: one syncfs(2) for any number of files.

    Raises OSError if writing back failed.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syncfs(descriptor) != 0:
            problem = ctypes.get_errno()
            raise OSError(problem, os.strerror(problem), str(path))
    finally:
        os.close(descriptor)
