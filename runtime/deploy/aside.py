"""Where a thing is kept that was changed by hand and is in the way.

In: what lies at a path. Out: it lies at `<Stack>/drift/<UTC>/<path>`, with its mode and
owner; nothing that a person wrote is lost.
"""

import errno
from datetime import datetime

from .layout import Target, folder_of
from .transport import Transport

__all__ = ["Aside", "make_folders"]


class Aside:
    """The drift folder of one command."""

    def __init__(self, target: Target, moment: datetime) -> None:
        self.transport = target.transport
        self.folder = target.path(f"drift/{moment:%Y%m%dT%H%M%SZ}")

    def place(self, path: str) -> str:
        """Return an unused place for what is at a path; its folder is made."""
        wanted = place = f"{self.folder}{path}"
        again = 1
        while self.transport.status(place) is not None:
            again += 1
            place = f"{wanted}.{again}"
        make_folders(self.transport, folder_of(place), 0o700)
        return place

    def move(self, real: str, path: str) -> str:
        """Move what lies at `real`, across file systems if need be; returns where it is now."""
        place = self.place(path)
        try:
            self.transport.rename(real, place)
        except OSError as problem:
            if problem.errno != errno.EXDEV or not self._copied(real, place):
                raise
            self.transport.remove(real)
        return place

    def _copied(self, real: str, place: str) -> bool:
        found, text = self.transport.status(real), self.transport.read_link(real)
        if text is not None:
            self.transport.make_link(place, text)
            return True
        if found is None or found.kind != "file":
            return False
        data = self.transport.read(real)
        self.transport.write(place, data, found.mode, uid=found.uid, gid=found.gid, sync=True)
        return True


def make_folders(transport: Transport, folder: str, mode: int) -> None:
    """Make a folder and what is missing above it."""
    missing = []
    while transport.status(folder) is None:
        missing.append(folder)
        folder = folder_of(folder)
    for one in reversed(missing):
        transport.make_folder(one, mode)
