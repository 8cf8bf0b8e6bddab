"""Writing the members of an archive into a folder, whatever the archive says.

In: members, one after the other: a name, a kind, bytes. Out: a tree inside the folder, with
modes 0755 and 0644; or `BadArchive`, naming the member that is refused.

Refused are absolute names and `..`, names that are no UTF-8, two members of one name, a
member below one that is no folder, links that lead out of the folder, and more than
`Limits` allow. Nothing is ever written through a link: links are made when all else is
there, and each is followed on paper before.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ...ir.names import shorten
from ...ir.node import Frozen, frozen
from .links import LONGEST_PATH, Links

__all__ = ["BadArchive", "Limits", "Readable", "TreeWriter"]

CHUNK = 1 << 18


class BadArchive(Exception):
    """An archive that is not unpacked; says which member, and why."""


class Readable(Protocol):
    """Where the bytes of a member come from."""

    def read(self, size: int, /) -> bytes: ...


@frozen
class Limits(Frozen):
    """The most that an archive may hold: bytes, members, and bytes for each byte of its own.

    The ratio counts from `free` bytes on: small files of zeros are no attack. `names` are the
    bytes of all names and targets of links, which are kept in memory.
    """

    size: int = 32 << 30
    members: int = 2_000_000
    names: int = 256 << 20
    ratio: int = 200
    free: int = 256 << 20

    def most(self, archive: int) -> int:
        """Return how many bytes an archive of a size may unpack to."""
        return min(self.size, max(self.free, self.ratio * archive))


class TreeWriter:
    """Makes a folder and fills it; `finish` makes the links.

    `archive` is the size of the file that is unpacked; `check` is called for each member and
    piece. Methods raise BadArchive, OSError and what `check` raises.
    """

    def __init__(
        self, folder: Path, archive: int, limits: Limits, check: Callable[[], None]
    ) -> None:
        self._folder, self._check = folder, check
        self._make("")
        self._left, self._members = limits.most(archive), limits.members
        self._names = limits.names
        self._kinds = {"": "folder"}
        self._links: dict[str, str] = {}

    def folder(self, name: str) -> None:
        """Make a folder; one that is there already is no problem."""
        path = self._name(name)
        if self._kinds.get(path) != "folder":
            self._claim(path, "folder", name)
            self._make(path)

    def file(self, name: str, content: Readable, executable: bool) -> None:
        """Write a file with all bytes of `content`."""
        path = self._name(name)
        self._claim(path, "file", name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with open(os.open(self._path(path), flags, 0o600), "wb") as file:
            while data := content.read(CHUNK):
                self._count(len(data), name)
                file.write(data)
            os.fchmod(file.fileno(), 0o755 if executable else 0o644)

    def hard_link(self, name: str, target: str) -> None:
        """Give a file that was written another name, as a file of its own."""
        source = self._name(target)
        if self._kinds.get(source) != "file":
            raise BadArchive(f"'{name}' is a link to '{target}', which is no file before it")
        original = self._path(source)
        with original.open("rb") as content:
            self.file(name, content, bool(original.stat().st_mode & 0o100))

    def link(self, name: str, target: str) -> None:
        """Remember a symbolic link."""
        path = self._name(name)
        self._claim(path, "link", name)
        size = len(_encoded(target))
        if not target or "\0" in target:
            raise BadArchive(f"'{name}' is a link to nothing")
        if size > LONGEST_PATH:
            raise BadArchive(f"'{name}' is a link that is too long")
        self._keep(size, name)
        self._count(size, name)
        self._links[path] = target

    def finish(self) -> None:
        """Make the links, none of which leads out."""
        links = Links(self._links)
        for path, target in self._links.items():
            self._check()
            if links.leads_out(path):
                raise BadArchive(f"'{path}' is a link that does not stay inside: '{target}'")
        for path, target in self._links.items():
            self._check()
            self._path(path).symlink_to(target)

    def _name(self, name: str) -> str:
        """Return a member's path; raises BadArchive for one that leads out or cannot be written."""
        if len(_encoded(name)) > LONGEST_PATH:
            raise BadArchive(f"a name in it is too long: '{shorten(name)}'")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or "\0" in name:
            raise BadArchive(f"'{name}' is not inside the source")
        return "/".join(parts)

    def _claim(self, path: str, kind: str, name: str) -> None:
        """Take a name; make the folders above it that the archive does not have itself."""
        self._check()
        if path in self._kinds:
            raise BadArchive(f"'{name}' is there twice")
        missing: list[str] = []
        above = _above(path)
        while above not in self._kinds:
            missing.append(above)
            above = _above(above)
        if self._kinds[above] != "folder":
            raise BadArchive(f"'{name}' is below '{above}', which is no folder")
        for folder in reversed(missing):
            self._add(folder, "folder", name)
            self._make(folder)
        self._add(path, kind, name)

    def _add(self, path: str, kind: str, name: str) -> None:
        if len(self._kinds) > self._members:
            raise BadArchive(f"'{name}' is one member too many: more than {self._members}")
        self._keep(len(_encoded(path)), name)
        self._kinds[path] = kind

    def _keep(self, size: int, name: str) -> None:
        """Count what stays in memory until all is done."""
        self._names -= size
        if self._names < 0:
            raise BadArchive(f"'{name}' makes its names too long, all together")

    def _make(self, path: str) -> None:
        self._path(path).mkdir()
        self._path(path).chmod(0o755)  # whatever the umask

    def _count(self, size: int, name: str) -> None:
        self._check()
        self._left -= size
        if self._left < 0:
            raise BadArchive(f"'{name}' makes it too large for the size of the archive")

    def _path(self, path: str) -> Path:
        return self._folder / path


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _encoded(name: str) -> bytes:
    try:
        return name.encode("utf-8")
    except UnicodeEncodeError:
        shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        raise BadArchive(f"the name '{shown}' is no UTF-8") from None
