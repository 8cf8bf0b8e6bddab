"""Which mount holds a path: what tells a folder that is gone from one that is away.

In: a path, there or not. Out: what proc_pid_mountinfo(5) says of the mount: its device,
what of its file system it shows and where, `254:0 / /mnt/data`; and the file system's type.
"""

import os
import re
from pathlib import Path

__all__ = ["file_system", "is_remote", "mount_of"]

REMOTE = r"nfs\d?|cifs|smb3|smbfs|afs|ceph|fuse|fuseblk|fuse\..*"
"""Other machines write there, or a program in between answers for the disk."""


def mount_of(path: Path) -> str:
    """Return the mount that holds a path, or its nearest ancestor that is there.

    Empty where the kernel does not tell, as in some chroots; raises OSError for a path
    that may not be looked at.
    """
    return " ".join(_fields(path)[2:5])


def file_system(path: Path) -> str:
    """Return the type of the file system that holds a path: `ext4`; otherwise as `mount_of`."""
    fields = _fields(path)
    return fields[fields.index("-") + 1] if fields else ""


def is_remote(kind: str) -> bool:
    """Whether locks and renames are not to be relied on: nfs, cifs, fuse and their like."""
    return re.fullmatch(REMOTE, kind) is not None


def _fields(path: Path) -> list[str]:
    descriptor = _open_nearest(path)
    try:
        number = _mount_number(descriptor)
    finally:
        os.close(descriptor)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="backslashreplace") as table:
        rows = (line.split(" ") for line in table)
        return next((fields for fields in rows if fields[0] == number), [])


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
