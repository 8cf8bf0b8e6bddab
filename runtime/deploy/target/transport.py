"""Where files go: the file operations that a deploy needs, on some target.

In: absolute paths as the target sees them. Out: their effect below a root. `/`,
a transport root and the scratch folder of a dry run are all `Local` (local.py); another
machine is another `Transport`. Every method that changes something makes one
change, so that a test can stop a command before or after any of them.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import Literal, NamedTuple, Protocol

__all__ = [
    "KEEP",
    "NANOSECONDS",
    "Kind",
    "LeavesRoot",
    "Ownership",
    "Run",
    "Status",
    "Transport",
]

Kind = Literal["file", "link", "folder", "other"]

NANOSECONDS = 1_000_000_000
"""In a second: `Status.modified` counts them, `Transport.write` takes seconds."""


class LeavesRoot(Exception):
    """A path that links lead out of the transport's root."""


class Ownership(NamedTuple):
    """The user and the group that a file has or is given; -1 leaves it as it is, as chown(2)."""

    uid: int
    gid: int

    def is_of(self, found: "Status") -> bool:
        """Whether a file need not be given away, because it was."""
        wanted = zip(self, found.owner, strict=True)
        return all(number in (-1, actual) for number, actual in wanted)


KEEP = Ownership(-1, -1)


class Status(NamedTuple):
    """What lstat(2) says; `modified` in nanoseconds of Unix time, `mode` the permission bits."""

    kind: Kind
    mode: int
    size: int
    modified: int
    owner: Ownership
    device: int


class Run(NamedTuple):
    """How a program on the target ended."""

    code: int
    output: str


class Transport(Protocol):
    """File operations on a target. All raise OSError with the path where the target refuses.

    Modes are set as given, whatever the umask. `applies_owners` says whether
    files can be given to other users there.
    """

    @property
    def root(self) -> str: ...
    @property
    def applies_owners(self) -> bool: ...

    def at(self, path: str) -> str:
        """Return how a program that `run` starts has to name a path."""

    def status(self, path: str) -> Status | None:
        """Return what is at `path`, links not followed; None if nothing is."""

    def read(self, path: str, most: int = -1) -> bytes:
        """Return the first `most` bytes of a file, all of them by default."""

    def read_link(self, path: str) -> str | None:
        """Return the text of a link; None for anything else."""

    def names(self, path: str) -> list[str]:
        """Return the sorted names in a folder; none if there is no such folder."""

    def real(self, path: str) -> str:
        """Resolve all links. Raises LeavesRoot if they lead out of the root."""

    def mounts(self) -> frozenset[str]:
        """Return the paths below the root on which something is mounted, links resolved."""

    def writable(self, path: str) -> bool:
        """Whether names can be added to a folder."""

    def account(self, kind: Literal["user", "group"], name: str) -> int | None:
        """Return the number of a user or group; None if there is none."""

    def make_root(self) -> None:
        """Make the root itself, and the folders that it lies in."""

    def make_folder(self, path: str, mode: int = 0o755) -> None:
        """Make a folder whose parent exists."""

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
        """Make a new file; `modified` is in seconds of Unix time."""

    def append(self, path: str, data: bytes) -> None:
        """Add to the end of a file, which is made if need be."""

    def make_link(self, path: str, text: str) -> None:
        """Make a symbolic link where nothing is."""

    def hard_link(self, path: str, existing: str) -> None:
        """Give a file a second name."""

    def rename(self, old: str, new: str) -> None:
        """Put `old` in place of `new` in one step."""

    def remove(self, path: str) -> None:
        """Remove a file or link."""

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""

    def remove_tree(self, path: str) -> None:
        """Remove a folder and all in it; one that is not there is fine."""

    def set_mode(self, path: str, mode: int) -> None: ...
    def set_owner(self, path: str, owner: Ownership) -> None: ...

    def sync_folder(self, path: str) -> None:
        """Make the names in a folder durable."""

    def sync_filesystem(self, path: str) -> None:
        """Make all on the file system of `path` durable."""

    def hold(
        self, path: str, wait: float | None, waiting: Callable[[str], None] | None
    ) -> AbstractContextManager[int]:
        """Hold a lock; see `lock.hold`. Raises LockHeld."""

    def run(self, command: Sequence[str], seconds: float) -> Run:
        """Run a program for at most so many seconds; the last of its output is kept.

        Raises OSError.
        """

    def lines(self, command: Sequence[str]) -> Generator[bytes, None, None]:
        """Run a program and yield its output line by line; it ends when the iterator is closed.

        Raises OSError, also if it ends with another code than 0.
        """
