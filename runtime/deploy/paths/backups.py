"""Where things of others are kept that lay at a path of a stack: nothing of a person is lost.

In: a path, and what lies there. Out: the same, with its mode and owner, at one of

    <Stack>/adopted/<path>        it was there before the stack, and comes back when that goes
    <Stack>/drift/<UTC>/<path>    somebody changed what was the stack's
"""

import errno
from datetime import datetime

from ..target.layout import Target, folder_of
from ..target.transport import Status, Transport
from .places import Places

__all__ = ["Adopted", "DriftFolder", "make_folders"]


class Adopted:
    """The things that a stack keeps for others.

    As long as what lies at a path is what is kept for it, the stack may replace it: a crash at
    any moment leaves a file that recovery knows. Every method raises OSError.
    """

    def __init__(self, target: Target, places: Places) -> None:
        self.target, self.transport, self.places = target, target.transport, places

    def place(self, path: str) -> str:
        """Return where the thing of a path is kept."""
        return f"{self.target.folder}/adopted{path}"

    def has(self, path: str) -> bool:
        """Whether something is kept for a path."""
        return self._kept(path) is not None

    def holds(self, path: str) -> bool:
        """Whether what lies at a path is what is kept for it."""
        kept = self._kept(path)
        return kept is not None and kept == self._seen(self.places.real(path))

    def save(self, path: str) -> None:
        """Keep what lies at a path, unless it is kept already."""
        if self.has(path):
            return
        place, staged = self.place(path), self.target.temporary("adopted")
        make_folders(self.transport, folder_of(place), 0o700)
        _copy(self.transport, self.places.real(path), staged)
        self.transport.rename(staged, place)
        self.transport.sync_folder(folder_of(place))

    def give_back(self, path: str, staged: str) -> None:
        """Put what is kept for a path there again; it is made under the name `staged`."""
        _copy(self.transport, self.place(path), staged)
        self.transport.rename(staged, self.places.real(path))

    def forget(self, path: str) -> None:
        """Remove what is kept for a path, and the folders that this empties."""
        place, top = self.place(path), self.target.path("adopted")
        self.transport.remove(place)
        while place != top:
            place = folder_of(place)
            if self.transport.names(place):
                return
            self.transport.remove_folder(place)

    def _kept(self, path: str) -> tuple[str, bytes] | None:
        return self._seen(self.place(path))

    def _seen(self, real: str) -> tuple[str, bytes] | None:
        """Return kind and content of a file or link; None for anything else, and for nothing."""
        found: Status | None = self.transport.status(real)
        if found is None or found.kind not in ("file", "link"):
            return None
        if found.kind == "link":
            return "link", (self.transport.read_link(real) or "").encode("utf-8", "surrogateescape")
        return "file", self.transport.read(real)


class DriftFolder:
    """Where one command moves what was changed by hand and is in the way."""

    def __init__(self, target: Target, moment: datetime) -> None:
        self.transport = target.transport
        self.folder = target.path(f"drift/{moment:%Y%m%dT%H%M%SZ}")

    def place(self, path: str) -> str:
        """Return an unused place for what is at a path; its folder is made. Raises OSError."""
        wanted = place = f"{self.folder}{path}"
        again = 1
        while self.transport.status(place) is not None:
            again += 1
            place = f"{wanted}.{again}"
        make_folders(self.transport, folder_of(place), 0o700)
        return place

    def move(self, real: str, path: str) -> str:
        """Move what lies at `real`, across file systems if need be; returns where it is now.

        Raises OSError.
        """
        place = self.place(path)
        try:
            self.transport.rename(real, place)
        except OSError as problem:
            found = self.transport.status(real)
            if problem.errno != errno.EXDEV or not found or found.kind not in ("file", "link"):
                raise
            _copy(self.transport, real, place)
            self.transport.remove(real)
        return place


def _copy(transport: Transport, real: str, place: str) -> None:
    """Write the same file or link under another name, durably."""
    text = transport.read_link(real)
    if text is not None:
        transport.make_link(place, text)
        return
    found = transport.status(real)
    assert found is not None, "the thing to copy was seen just now"
    data = transport.read(real)
    transport.write(place, data, found.mode, owner=found.owner, sync=True)


def make_folders(transport: Transport, folder: str, mode: int) -> None:
    """Make a folder and what is missing above it. Raises OSError."""
    missing = []
    while transport.status(folder) is None:
        missing.append(folder)
        folder = folder_of(folder)
    for one in reversed(missing):
        transport.make_folder(one, mode)
