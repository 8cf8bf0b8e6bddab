"""What a build is, in full: whoever runs it looks nothing up.

In: nothing. Out: `BuildRequest`, a value that a sandbox turns into a command.
"""

from collections.abc import Mapping
from pathlib import Path

from ...ir.node import Frozen, frozen

__all__ = ["BuildRequest", "Limits", "Mount"]


@frozen
class Mount(Frozen):
    """A folder of the host that the build may write, and where it sees it."""

    host: Path
    inside: Path


@frozen
class Limits(Frozen):
    """The most that a build may take, all its processes together; None: no limit.

    Wall-clock seconds; bytes of memory; processes and threads at one time; bytes written
    to its output, its private folders and its log, all of which lie on the store's disk;
    bytes of its log, which has a limit always: it is kept.
    """

    seconds: float | None = None
    memory: int | None = None
    processes: int | None = None
    output: int | None = None
    log: int = 64 * 2**20


@frozen
class BuildRequest(Frozen):
    """A command and the whole world that it may see.

    `inputs` are store paths, read-only; `store` is the folder that they and
    `output` are in; `output` is an empty folder to fill, which the build sees at
    its final path; `mounts` are all else that is writable.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    store: Path
    inputs: tuple[Path, ...]
    mounts: tuple[Mount, ...]
    output: Mount
    network: bool = False
    limits: Limits = Limits()

    @property
    def written(self) -> tuple[Path, ...]:
        """The folders of the host that fill up while it runs."""
        private = tuple(mount.host for mount in self.mounts) or (self.folder.parent,)
        return (*private, self.output.host)
