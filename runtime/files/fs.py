"""The few file-system steps that survive a crash.

In: paths and bytes. Out: files that are wholly there or not at all. Everything
is written under a temporary name, fsynced, renamed, and its folder fsynced;
modes are set, never inherited from the umask.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = [
    "make_folder",
    "move_tree",
    "named_file",
    "new_file",
    "put_tree",
    "rewrite_file",
    "sync_filesystem",
    "sync_folder",
    "syncfs",
    "write_all",
    "write_file",
]

AT_FDCWD = -100
RENAME_EXCHANGE = 2


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write to an open file all there is, which one call of write(2) may not."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def write_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put a file in place of whatever has its name, whole or not at all."""
    with new_file(path, mode) as file:
        file.write(data)


@contextmanager
def new_file(
    path: Path, mode: int = 0o644, sync: Callable[[int], None] = os.fsync
) -> Iterator[BinaryIO]:
    """Open a file that takes the place of whatever has its name when the block ends well.

    `sync` makes durable what a descriptor stands for, before the file gets its name. Raises
    OSError, and whatever the block raises; then what has the name stays.
    """
    temporary = path.with_name(f".{path.name}.punix")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(temporary, flags, 0o600)
    except OSError as problem:
        problem.filename = str(path)  # the name that somebody knows
        raise
    try:
        with _named(path), os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode)
            sync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def named_file(path: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """Open the file that a person named for what is written, as `new_file` does.

    A link is followed, and what is no file, as /dev/null, is written to and stays.
    """
    real = Path(os.path.realpath(path)) if path.is_symlink() else path
    if real.is_file() or not path.exists():
        with new_file(real, mode) as file:
            yield file
        return
    with _named(path), path.open("wb") as file:
        yield file


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let an error say which file it is about; those of write(2) name none."""
    try:
        yield
    except OSError as problem:
        problem.filename = problem.filename or str(path)
        raise


def rewrite_file(path: Path, before: bytes, after: bytes) -> None:
    """Put new bytes into a file that somebody else owns, whole or not at all.

    Mode and owner stay, and a link goes on leading to the file. Raises OSError, and changes
    nothing, if the file may not be written or no longer holds `before`.
    """
    real = Path(os.path.realpath(path))
    with real.open("r+b") as file:  # for writing, so that a read-only file is refused
        status = os.fstat(file.fileno())
        if file.read() != before:
            raise OSError(errno.EBUSY, "somebody else changed it just now", str(path))
    write_file(real, after, stat.S_IMODE(status.st_mode))
    if os.geteuid() == 0:
        os.chown(real, status.st_uid, status.st_gid)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_filesystem(path: Path) -> None:
    """Make everything on the file system that holds `path` durable.

    One syncfs(2) serves any number of files. Raises OSError if writing back failed.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        syncfs(descriptor)
    finally:
        os.close(descriptor)


def syncfs(descriptor: int) -> None:
    """Make everything durable on the file system of an open file. Raises OSError."""
    import ctypes  # 7 ms that a command which writes no tree need not pay

    if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
        problem = ctypes.get_errno()
        raise OSError(problem, os.strerror(problem))


def make_folder(path: Path, mode: int) -> None:
    """Make a folder and its parents (0755), with a mode that no umask changes."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        make_folder(path.parent, 0o755)
    try:
        path.mkdir(mode=mode)
    except FileExistsError:  # another process was faster
        return
    path.chmod(mode)
    sync_folder(path.parent)


def move_tree(path: Path, target: Path) -> None:
    """Rename a file, link or folder; a read-only folder becomes writable, as rename(2) wants."""
    if path.is_dir() and not path.is_symlink():
        path.chmod(0o700)
    path.rename(target)


def put_tree(path: Path, target: Path) -> None:
    """Rename a folder to `target`; what lay there, if not empty, is then at `path`.

    That is one step, renameat2(2) with RENAME_EXCHANGE: whoever looks finds the one or the
    other. Where a file system cannot exchange there is nothing at `target` for a moment. Raises
    OSError.
    """
    try:
        path.rename(target)
    except OSError as problem:
        if problem.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
        if target.is_dir() and not target.is_symlink():
            target.chmod(0o755)  # rename(2) wants to write `..` in it
        if not _exchange(path, target):
            aside = path.with_name(f"{path.name}.aside")
            target.rename(aside)
            path.rename(target)
            aside.rename(path)


def _exchange(path: Path, target: Path) -> bool:
    """Let two paths change places; False where that cannot be done."""
    import ctypes  # 7 ms, and only repairs get here

    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is None:  # a C library that does not know it
        return False
    names = (AT_FDCWD, os.fsencode(path), AT_FDCWD, os.fsencode(target))
    if exchange(*names, RENAME_EXCHANGE) == 0:
        return True
    problem = ctypes.get_errno()
    if problem in (errno.EINVAL, errno.ENOSYS, errno.EXDEV):
        return False
    raise OSError(problem, os.strerror(problem), str(target))
