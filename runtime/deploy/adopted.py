"""What lay at a path before the stack came, kept for when the stack goes.

In: a path at which a file or a link of somebody else lies. Out: the same at
`<Stack>/adopted/<path>`, with its mode and owner. As long as what lies at the path is what
was kept, the stack may replace it: a crash at any moment leaves a file that recovery knows.
"""

from .aside import make_folders
from .layout import Target, folder_of
from .places import Places
from .transport import Status

__all__ = ["Adopted"]


class Adopted:
    """The things that a stack keeps for others."""

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
        self.copy(self.places.real(path), staged)
        self.transport.rename(staged, place)
        self.transport.sync_folder(folder_of(place))

    def copy(self, real: str, staged: str) -> None:
        """Write the same file or link under another name, durably."""
        text = self.transport.read_link(real)
        if text is not None:
            self.transport.make_link(staged, text)
            return
        found = self.transport.status(real)
        assert found is not None, "the thing to copy was seen just now"
        data = self.transport.read(real)
        self.transport.write(staged, data, found.mode, uid=found.uid, gid=found.gid, sync=True)

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
