"""Which mount holds a path: what tells a folder that is gone from one that is away.

In: a path, there or not. Out: the mount's device, what of its file system it shows
and where, as proc_pid_mountinfo(5) has them: `254:0 / /mnt/data`.
"""

import os
from pathlib import Path

__all__ = ["mount_of"]


def mount_of(path: Path) -> str:
    """Return the mount that holds a path, or its nearest ancestor that is there.

    Empty where the kernel does not tell, as in some chroots; raises OSError for a path
    that may not be looked at.
    """
    descriptor = _open_nearest(path)
    try:
        number = _mount_number(descriptor)
    finally:
        os.close(descriptor)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="backslashreplace") as table:
        for line in table:
            fields = line.split(" ")
            if fields[0] == number:
                return " ".join(fields[2:5])
    return ""


def _open_nearest(path: Path) -> int:
    for place in (path, *path.parents):
        try:
            return os.open(place, os.O_PATH | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            continue
    raise FileNotFoundError(path)


def _mount_number(descriptor: int) -> str:
    """Ask the kernel; a search by the longest prefix would find mounts that another one hides."""
    text = Path(f"/proc/self/fdinfo/{descriptor}").read_text(encoding="ascii")
    return next(line.split()[1] for line in text.splitlines() if line.startswith("mnt_id:"))
