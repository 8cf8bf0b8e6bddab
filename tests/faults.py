"""A transport that stops a command, or fails, at its n-th change of the target."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, cast

from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.target.transport import Transport

CHANGES = frozenset(
    {
        "make_folder",
        "write",
        "append",
        "make_link",
        "hard_link",
        "rename",
        "remove",
        "remove_folder",
        "remove_tree",
        "set_mode",
        "set_owner",
        "sync_folder",
        "sync_filesystem",
        "run",
    }
)

Fault = Literal["kill", "half", "fail", "fail-all"]


class Killed(BaseException):
    """The process is gone: nothing that it would still do happens."""


class Unsynced(Local):
    """This machine, without waiting for its disks: for tests that cut no power."""

    def write(self, path: str, data: bytes, mode: int, **more: Any) -> None:
        super().write(path, data, mode, **{**more, "sync": False})

    def sync_folder(self, path: str) -> None:
        self.status(path)

    def sync_filesystem(self, path: str) -> None:
        self.status(path)


class Faulty:
    """Passes everything to a transport until change number `at` (from 0).

    kill: neither that change nor any later one happens. half: that one happens
    in part, no later one does. fail: that one raises `error`. fail-all: so does
    every later one.
    """

    def __init__(self, inner: Local, at: int = -1, fault: Fault = "kill", error: int = 0) -> None:
        self.inner, self.at, self.fault, self.error = inner, at, fault, error
        self.calls: list[str] = []
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        return self._watched(name, found) if name in CHANGES else found

    def _watched(self, name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **named: Any) -> Any:
            if self.dead:
                raise self._gone(args[0])
            self.calls.append(name)
            if len(self.calls) - 1 != self.at:
                return change(*args, **named)
            self.dead = self.fault != "fail"
            if self.fault == "half":
                self._half(name, args)
            raise self._gone(args[0])

        return step

    def _gone(self, path: str) -> BaseException:
        if self.fault in ("kill", "half"):
            return Killed()
        return OSError(self.error, os.strerror(self.error), path)

    def _half(self, name: str, args: tuple[Any, ...]) -> None:
        if name in ("write", "append"):
            with open(self.inner.at(args[0]), "ab") as file:
                file.write(args[1][: len(args[1]) // 2])
        if name == "remove_tree" and os.path.isdir(self.inner.at(args[0])):
            for folder, _, names in os.walk(self.inner.at(args[0]), topdown=False):
                for one in names[:1]:
                    os.unlink(os.path.join(folder, one))

    @property
    def fired(self) -> bool:
        return 0 <= self.at < len(self.calls)

    def as_transport(self) -> Transport:
        return cast(Transport, self)


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of small trees cost disks minutes."""
    memory = Path("/dev/shm")
    base = memory if os.access(memory, os.W_OK) else None
    with TemporaryDirectory(prefix="punix-test-", dir=base) as name:
        yield Path(name)


@contextmanager
def stopped() -> Iterator[None]:
    """Swallow the end of a killed command."""
    try:
        yield
    except Killed:
        return


class Full(Unsynced):
    """A file system with room for so many files, folders and links, and so many bytes."""

    def __init__(self, root: str, inodes: int, size: int) -> None:
        super().__init__(root)
        self.inodes, self.size = inodes, size

    def room(self, path: str, wanted: int) -> None:
        found = {os.lstat(entry).st_ino: os.lstat(entry) for entry in Path(self.root).rglob("*")}
        size = sum(one.st_size for one in found.values() if stat.S_ISREG(one.st_mode))
        if len(found) >= self.inodes or size + wanted > self.size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    def write(self, path: str, data: bytes, mode: int, **more: Any) -> None:
        self.room(path, len(data))
        super().write(path, data, mode, **more)

    def make_link(self, path: str, text: str) -> None:
        self.room(path, 0)
        super().make_link(path, text)

    def make_folder(self, path: str, mode: int = 0o755) -> None:
        self.room(path, 0)
        super().make_folder(path, mode)
