"""Run a program of which neither its time nor its output is trusted.

In: a command, the seconds that it has, the bytes of output that are kept. Out: its exit
status and the last of what it wrote. What it writes before that is read and dropped, so that
it neither waits for a reader nor fills the memory.
"""

import errno
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Sequence

__all__ = ["run_bounded"]


def run_bounded(command: Sequence[str], seconds: float, most: int) -> tuple[int, bytes]:
    """Run to the end; raises TimeoutError if that is not reached in time, OSError."""
    _hear_children()
    end = time.monotonic() + seconds
    with subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None, "it is a pipe"
        try:
            output = _last_of(process.stdout.fileno(), end, most)
            return process.wait(_left(end)), output
        except (TimeoutError, subprocess.TimeoutExpired):
            raise TimeoutError(errno.ETIMEDOUT, f"not done in {seconds} s", command[0]) from None
        finally:
            process.kill()  # which does nothing to one that has ended


def _hear_children() -> None:
    """Undo that our caller ignores the end of children: their status would be lost, and be 0."""
    is_main = threading.current_thread() is threading.main_thread()  # nobody else may
    if is_main and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _last_of(descriptor: int, end: float, most: int) -> bytes:
    """Read until all writers are gone. Raises TimeoutError."""
    ready = select.poll()
    ready.register(descriptor, select.POLLIN)
    kept = b""
    while True:
        if not ready.poll(_left(end) * 1000):
            raise TimeoutError
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            return kept
        kept = (kept + chunk)[-most:]


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0)
