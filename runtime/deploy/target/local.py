"""A folder of this machine as a target, or the whole of it.

In: absolute paths as the target sees them. Out: their effect below a root, by system calls.
"""

import errno
import grp
import os
import pwd
import re
import stat
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from ...files import fs, lock
from .transport import KEEP, NANOSECONDS, Kind, LeavesRoot, Ownership, Run, Status

__all__ = ["Local"]

MOST_OUTPUT = 1 << 24
"""Bytes; the state of 10,000 units is a tenth of it."""

OCTAL = r"\\([0-7]{3})"


class Local:
    """A folder of this machine as the root of a target; `/` is the machine itself."""

    def __init__(self, root: str = "/") -> None:
        self.root = root
        self.applies_owners = root == "/" and os.geteuid() == 0
        self._base = root.rstrip("/")

    def at(self, path: str) -> str:
        return self._base + path

    def status(self, path: str) -> Status | None:
        try:
            found = os.lstat(self._base + path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Status(
            _kind(found.st_mode),
            stat.S_IMODE(found.st_mode),
            found.st_size,
            found.st_mtime_ns,
            Ownership(found.st_uid, found.st_gid),
            found.st_dev,
        )

    def read(self, path: str, most: int = -1) -> bytes:
        with open(self.at(path), "rb") as file:
            return file.read(most)

    def read_link(self, path: str) -> str | None:
        try:
            return os.readlink(self.at(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            if problem.errno == errno.EINVAL:
                return None
            raise

    def names(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(self.at(path)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def real(self, path: str) -> str:
        found = os.path.realpath(self.at(path))
        base = os.path.realpath(self.root).rstrip("/")
        if found != base and not found.startswith(f"{base}/"):
            raise LeavesRoot(path)
        return found[len(base) :] or "/"

    def mounts(self) -> frozenset[str]:
        base = os.path.realpath(self.root).rstrip("/")
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
            points = [_unescaped(line.split(" ")[4]) for line in table]
        return frozenset(point[len(base) :] for point in points if point.startswith(f"{base}/"))

    def writable(self, path: str) -> bool:
        return os.access(self.at(path), os.W_OK | os.X_OK)

    def account(self, kind: Literal["user", "group"], name: str) -> int | None:
        try:
            return pwd.getpwnam(name).pw_uid if kind == "user" else grp.getgrnam(name).gr_gid
        except KeyError:
            return None

    def make_root(self) -> None:
        with _umask(0o022):
            os.makedirs(self.root, exist_ok=True)

    def make_folder(self, path: str, mode: int = 0o755) -> None:
        with _umask(0):
            os.mkdir(self.at(path), mode)

    def write(
        self,
        path: str,
        data: bytes,
        mode: int,
        *,
        owner: Ownership = KEEP,
        modified: int | None = None,
        sync: bool = False,
    ) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with self._opened(path, flags, 0o600) as descriptor:
            fs.write_all(descriptor, data)
            if owner != KEEP:
                os.fchown(descriptor, *owner)
            os.fchmod(descriptor, mode)
            if modified is not None:
                os.utime(descriptor, ns=(modified * NANOSECONDS,) * 2)
            if sync:
                os.fsync(descriptor)

    def append(self, path: str, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with self._opened(path, flags, 0o644) as descriptor:
            fs.write_all(descriptor, data)

    def make_link(self, path: str, text: str) -> None:
        os.symlink(text, self.at(path))

    def hard_link(self, path: str, existing: str) -> None:
        os.link(self.at(existing), self.at(path), follow_symlinks=False)

    def rename(self, old: str, new: str) -> None:
        os.replace(self.at(old), self.at(new))

    def remove(self, path: str) -> None:
        os.unlink(self.at(path))

    def remove_folder(self, path: str) -> None:
        os.rmdir(self.at(path))

    def remove_tree(self, path: str) -> None:
        import shutil  # it brings its archive formats along, and few commands remove trees

        try:
            shutil.rmtree(self.at(path))
        except FileNotFoundError:
            return

    def set_mode(self, path: str, mode: int) -> None:
        os.chmod(self.at(path), mode)

    def set_owner(self, path: str, owner: Ownership) -> None:
        os.chown(self.at(path), *owner, follow_symlinks=False)

    def sync_folder(self, path: str) -> None:
        fs.sync_folder(Path(self.at(path)))

    def sync_filesystem(self, path: str) -> None:
        fs.sync_filesystem(Path(self.at(path)))

    def hold(
        self, path: str, wait: float | None, waiting: Callable[[str], None] | None
    ) -> AbstractContextManager[int]:
        return lock.hold(Path(self.at(path)), wait=wait, waiting=waiting)

    def run(self, command: Sequence[str], seconds: float) -> Run:
        from ...files.bounded import run_bounded  # few commands run programs, and it costs 5 ms

        code, output = run_bounded(command, seconds, MOST_OUTPUT)
        return Run(code, output.decode("utf-8", "replace"))

    def lines(self, command: Sequence[str]) -> Generator[bytes, None, None]:
        import subprocess  # as above

        with subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            try:
                yield from process.stdout
                code = process.wait()
            finally:
                process.terminate()
        if code != 0:
            raise OSError(errno.EIO, f"ended with {code}", command[0])

    @contextmanager
    def _opened(self, path: str, flags: int, mode: int) -> Iterator[int]:
        """Open a file; give its name to errors that system calls on a descriptor raise."""
        descriptor = os.open(self.at(path), flags | os.O_CLOEXEC, mode)
        try:
            yield descriptor
        except OSError as problem:
            problem.filename = self.at(path)
            raise
        finally:
            os.close(descriptor)


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISLNK(mode):
        return "link"
    return "folder" if stat.S_ISDIR(mode) else "other"


def _unescaped(point: str) -> str:
    """Read a path of mountinfo, where white space and backslash stand in octal (proc(5))."""
    return re.sub(OCTAL, lambda found: chr(int(found[1], 8)), point)
