"""Locks between processes: flock(2) on a file that names its holder and is never removed.

In: the path of the lock file. Out: a context in which the lock is held, or
`LockHeld` naming who has it. The kernel drops the lock when the last process
that inherited the descriptor ends, so a crash leaves nothing to clean up.
"""

import fcntl
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["LockHeld", "hold", "holders"]

POLL_SECONDS = 0.05


class LockHeld(Exception):
    """Another process holds the lock; `holder` is `pid 123 on host`, or empty if unknown."""

    def __init__(self, path: Path, holder: str) -> None:
        self.path, self.holder = path, holder
        super().__init__(f"{path} is locked by {holder or 'another process'}")


@contextmanager
def hold(
    path: Path,
    *,
    shared: bool = False,
    wait: float | None = None,
    waiting: Callable[[str], None] | None = None,
    given_up: Callable[[], bool] | None = None,
) -> Iterator[int]:
    """Hold a lock while the block runs; yields the descriptor, so that a child can inherit it.

    `wait` is the most seconds to wait, None for ever; `waiting` is called once
    with the holder if waiting begins; `given_up` is asked again and again whether to go on,
    for a signal does not reach who waits in a thread. Raises LockHeld when the waiting is
    over.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _acquire(descriptor, path, shared, wait, waiting, given_up)
        if shared:
            yield descriptor
            return
        _sign(descriptor)
        try:
            yield descriptor
        finally:
            _sign(descriptor)  # who inherited it may have filled the disk with it
    finally:
        os.close(descriptor)


def _sign(descriptor: int) -> None:
    """Name the holder; on a full disk the lock is held all the same, for gc is what helps there."""
    name = f"pid {os.getpid()} on {os.uname().nodename}\n".encode()
    with suppress(OSError):
        os.ftruncate(descriptor, os.pwrite(descriptor, name, 0))


def _acquire(
    descriptor: int,
    path: Path,
    shared: bool,
    wait: float | None,
    waiting: Callable[[str], None] | None,
    given_up: Callable[[], bool] | None,
) -> None:
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    if _try(descriptor, kind):
        return
    holder = _holder(descriptor)
    if waiting and wait != 0:
        waiting(holder)
    if wait is None and given_up is None:
        fcntl.flock(descriptor, kind)
        return
    end = math.inf if wait is None else time.monotonic() + wait
    while time.monotonic() < end and not (given_up and given_up()):
        time.sleep(POLL_SECONDS)
        if _try(descriptor, kind):
            return
    raise LockHeld(path, holder)


def _holder(descriptor: int) -> str:
    """Read who signed last; a builder has the descriptor too, and could write anything there."""
    text = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
    return text if text.isprintable() else ""


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holders(lock: Path) -> str:
    """Say which processes hold a lock file, as far as this machine shows them."""
    try:
        inode = f":{lock.stat().st_ino}"
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return ""
    fields = [line.split() for line in lines]
    found = {row[4] for row in fields if row[1] == "FLOCK" and row[5].endswith(inode)}
    return ", ".join(f"pid {number}" for number in sorted(found, key=int))
