"""Files of a build that have no name: removed while they are open, or made without one.

In: processes, and a device. Out: the bytes that such files take there. No folder shows them;
they fill a disk until they are closed, and those of memfd_create(2) are nothing but memory.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache

__all__ = ["memory_device", "nameless_size"]

BLOCK = 512
"""What `st_blocks` counts, stat(2): a file may say that it is larger than what it takes."""


def nameless_size(processes: Iterable[int], device: int) -> int:
    """Return the bytes of all such files that processes have open; each counts once."""
    files = {
        status.st_ino: status.st_blocks * BLOCK
        for process in processes
        for status in _open_files(process)
        if status.st_nlink == 0 and status.st_dev == device
    }
    return sum(files.values())


@cache
def memory_device() -> int:
    """Return the device that the kernel keeps files of memory on."""
    descriptor = os.memfd_create("device")
    try:
        return os.fstat(descriptor).st_dev
    finally:
        os.close(descriptor)


def _open_files(process: int) -> Iterator[os.stat_result]:
    """Yield what stat(2) says of each file that a process has open, as far as it goes on."""
    with suppress(OSError), os.scandir(f"/proc/{process}/fd") as entries:
        for entry in entries:
            with suppress(OSError):
                status = entry.stat()
                if stat.S_ISREG(status.st_mode):
                    yield status
