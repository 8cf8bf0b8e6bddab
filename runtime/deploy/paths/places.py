"""Where the paths of a stack really lie, and whether what is there is ours.

In: paths as a program names them. Out: the same with links of folders resolved,
the text that a link there has, and the proof that a link or copy is ours. What
cannot be proved ours is never written to.
"""

from collections.abc import Collection
from hashlib import sha256
from posixpath import join, normpath, relpath
from typing import Literal, TypeAlias

from ....ir.node import Frozen, frozen
from ..target.layout import Target, folder_of
from ..target.transport import LeavesRoot, Status

__all__ = ["Parent", "Places"]

State: TypeAlias = Literal["there", "ours", "not-a-folder", "leaves-root", "dangling", "reserved"]


@frozen
class Parent(Frozen):
    """The folder that a path lies in.

    `real` is where it is or will be; `missing` are the folders to make for it,
    outermost first; `at` is the deepest ancestor that is there. `state` says
    what that is: a folder ("there"), a link of ours, which a path that changes
    from file to folder has until the flip ("ours"), or why nothing can be below.
    """

    real: str
    missing: tuple[str, ...]
    at: str
    state: State


class Places:
    """Looks each folder up once; make a new one after folders changed."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.own = target.transport.real(target.folder)
        self._reserved = (target.transport.real(target.deployments_root), target.store_root)
        self._parents: dict[str, Parent] = {}
        self._prefixes: dict[str, str] = {}

    def parent(self, path: str) -> Parent:
        """Look at the folder of a path."""
        folder = folder_of(path)
        found = self._parents.get(folder)
        if found is None:
            found = self._parents[folder] = self._look(folder)
        return found

    def real(self, path: str) -> str:
        """Return where the path itself lies."""
        return f"{self.parent(path).real.rstrip('/')}/{path.rpartition('/')[2]}"

    def _look(self, folder: str) -> Parent:
        transport = self.target.transport
        missing: list[str] = []
        at, found = folder, transport.status(folder)
        while found is None and at != "/":
            missing.append(at)
            at = folder_of(at)
            found = transport.status(at)
        rest = folder.removeprefix(at).strip("/")
        try:
            real = transport.real(at)
        except LeavesRoot:
            return Parent(folder, (), at, "leaves-root")
        state = self._state(real, found)
        return Parent(join(real, rest) if rest else real, tuple(reversed(missing)), at, state)

    def _state(self, real: str, found: Status | None) -> State:
        if _inside(real, self.own):
            return "ours"
        if any(_inside(real, kept) for kept in self._reserved):
            return "reserved"
        if found is not None and found.kind == "link":
            found = self.target.transport.status(real)
            if found is None:
                return "dangling"
        # a root that is not made yet counts as a folder: it will be one
        return "there" if found is None or found.kind == "folder" else "not-a-folder"

    def link_text(self, path: str) -> str:
        """Return what the link at `path` reads: relative, from its real folder into `live`."""
        real = self.parent(path).real
        prefix = self._prefixes.get(real)
        if prefix is None:
            prefix = self._prefixes[real] = relpath(f"{self.own}/live", real)
        return prefix + path

    def is_our_link(self, path: str) -> bool:
        """Whether a link at `path` leads to where ours does."""
        text = self.target.transport.read_link(self.real(path))
        if text is None:
            return False
        if text == self.link_text(path):
            return True
        return normpath(join(self.parent(path).real, text)) == f"{self.own}/live{path}"

    def is_our_copy(self, path: str, digests: Collection[str]) -> bool:
        """Whether the file at `path` has one of the contents (sha256) that we put there."""
        return bool(digests) and self.digest(path) in digests

    def digest(self, path: str) -> str:
        """Return the sha256 of the file at `path`."""
        return sha256(self.target.transport.read(self.real(path))).hexdigest()


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
