"""A disk of the test's own, in a file, whose power can be cut.

What others see of our mounts they keep: a sandbox that starts meanwhile has a copy of all of
them, and a disk that is still mounted somewhere does not lose its power. So the mounts are in
a namespace of their own.
"""

import ctypes
import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHUT_DOWN = 0x8004587D
"""XFS_IOC_GOINGDOWN, which ext4 has too (fs/xfs/libxfs/xfs_fs.h)."""
NO_LOG_FLUSH = 2
"""What is in memory is lost, the log included; what was synced is there."""

MAKE = {
    "ext4": (64, ("mkfs.ext4", "-q", "-O", "^metadata_csum_seed", "-E", "lazy_itable_init=1")),
    "xfs": (320, ("mkfs.xfs", "-q", "-f")),
}
"""For each file system its smallest usable size in MiB, and what makes it."""


NEW_MOUNT_NAMESPACE = 0x00020000
"""CLONE_NEWNS, for unshare(2) and setns(2), which the os module has from Python 3.12 on."""


@contextmanager
def own_mounts() -> Iterator[None]:
    """Let this thread, and what it starts, mount for itself alone."""
    libc, folder = ctypes.CDLL(None, use_errno=True), os.getcwd()
    before = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY)
    try:
        assert libc.unshare(NEW_MOUNT_NAMESPACE) == 0, os.strerror(ctypes.get_errno())
        run("mount", "--make-rprivate", "/")
        yield
    finally:
        assert libc.setns(before, NEW_MOUNT_NAMESPACE) == 0, os.strerror(ctypes.get_errno())
        os.close(before)
        os.chdir(folder)


class Disk:
    """A file system in a sparse file, mounted at `folder`."""

    def __init__(self, folder: Path, kind: str) -> None:
        size, make = MAKE[kind]
        self.kind, self.image, self.folder = kind, folder / f"{kind}.img", folder / kind
        self.folder.mkdir()
        with self.image.open("wb") as file:
            file.truncate(size << 20)
        run(*make, str(self.image))
        self.device = run("losetup", "--find", "--show", str(self.image)).strip()

    def mount(self) -> None:
        run("mount", "-t", self.kind, self.device, str(self.folder))

    def unmount(self) -> None:
        run("umount", str(self.folder))

    def cut(self) -> None:
        """Lose what was not synced, as if the power went; then it comes back."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUT_DOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(descriptor)
        self.unmount()
        self.mount()


@contextmanager
def disk(folder: Path, kind: str) -> Iterator[Disk]:
    with own_mounts():
        made = Disk(folder, kind)
        made.mount()
        try:
            yield made
        finally:
            made.unmount()
            run("losetup", "--detach", made.device)


def run(*command: str) -> str:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    done = subprocess.run(
        command, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout
