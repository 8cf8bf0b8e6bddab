"""Make links, copies and folders on the target agree with the live generation.

In: the manifest of `live`, and those of other generations whose files may still
be there. Out: what was not touched because it is not ours. Doing it twice does
nothing more than doing it once, so a crash in the middle is mended by doing it
again: the flip's last step, recovery, `verify --fix` and `remove` are this function.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from ....ir.manifest import Manifest, ManifestFile
from ....ir.names import AbsPath
from ..target.accounts import Accounts
from ..target.layout import Target, folder_of, folders_above
from .backups import Adopted
from .enabling import place_enabling, remove_enabling
from .places import Places

__all__ = ["Prepared", "Skipped", "prepare_copies", "reconcile"]


Prepared: TypeAlias = dict[AbsPath, tuple[str, str]]
"""Copies by path: the name under which each was written, and its place."""


class Skipped(NamedTuple):
    """A path that was left as it is, and why."""

    path: str
    reason: str


def reconcile(
    target: Target,
    live: Manifest | None,
    others: Sequence[Manifest],
    folders: Iterable[str] = (),
    settled: frozenset[str] = frozenset(),
    prepared: Prepared | None = None,
) -> tuple[Skipped, ...]:
    """Drop what only `others` have, then place what `live` has. Raises OSError.

    `folders` are further folders of ours, to be removed if they are empty and
    hold nothing of `live`; `settled` are paths just seen to be as they should;
    `prepared` is what `prepare_copies` returned.
    """
    work = _Work(target, live, others)
    remove_enabling(target, live, others, work.touch)
    work.drop()
    work.remove_folders(folders)
    work.place(settled, prepared or {})
    for path in place_enabling(target, live, work.touch):
        work.skipped.append(Skipped(path, "it is not ours"))
    work.sync()
    work.forget_given_back()
    return tuple(work.skipped)


def prepare_copies(target: Target, after: Manifest) -> Prepared:
    """Write copies of a generation beside their places, so that a full disk is met in time.

    Those in folders that are yet to be made are left to `reconcile`. Raises OSError.
    """
    work = _Work(target, after, [])
    prepared: Prepared = {}
    for path, file in work.wanted.items():
        if file.install != "copy":
            continue
        parent = work.places.parent(path)
        if parent.state != "there" or parent.missing or work.is_folder(path):
            continue
        if work.copy_differs(file):
            prepared[path] = work.stage_copy(file)
    work.sync()
    return prepared


class _Work:
    def __init__(self, target: Target, live: Manifest | None, others: Sequence[Manifest]) -> None:
        self.target, self.transport = target, target.transport
        self.tree = live.tree if live else ""
        self.wanted = {file.path: file for file in live.files} if live else {}
        self.needed = folders_above(self.wanted)
        self.stale: dict[AbsPath, None] = {}
        self.digests: dict[str, set[str]] = {}
        self.old_folders: set[str] = {folder for other in others for folder in other.dirs}
        for manifest in [*others, *([live] if live else [])]:
            for file in manifest.files:
                if file.install == "copy":
                    self.digests.setdefault(file.path, set()).add(file.sha256)
                if file.path not in self.wanted:
                    self.stale[file.path] = None
        self.accounts = Accounts(self.transport)
        self.skipped: list[Skipped] = []
        self.touched: set[str] = set()
        self.places = Places(target)
        self.adopted = Adopted(target, self.places)
        self.given_back: list[str] = []

    def drop(self) -> None:
        """Remove what is ours and no longer wanted; what lay there before us comes back."""
        for path in sorted(self.stale):
            parent = self.places.parent(path)
            if parent.state != "there" or parent.missing:
                continue
            real = self.places.real(path)
            found = self.transport.status(real)
            if found is not None and found.kind == "folder" and path in self.needed:
                continue
            if found is not None and not self._ours(path, found.kind):
                self.skipped.append(Skipped(path, "it is not ours"))
            elif self.adopted.has(path):
                self._give_back(path, real)
            elif found is not None:
                self.touch(real)
                self.transport.remove(real)

    def _give_back(self, path: AbsPath, real: str) -> None:
        """Put what was adopted at its path again; it is forgotten once that is durable."""
        self.given_back.append(path)
        if self.adopted.holds(path):
            return
        self.touch(real)
        self.adopted.give_back(path, self.target.beside(real))

    def forget_given_back(self) -> None:
        """Remove what was kept for the paths that have it again."""
        for path in self.given_back:
            self.adopted.forget(path)

    def remove_folders(self, more: Iterable[str]) -> None:
        """Remove folders of ours that hold nothing any more, innermost first."""
        places = Places(self.target)
        for folder in sorted((self.old_folders | set(more)) - self.needed, reverse=True):
            found = self.transport.status(folder)
            if found is None or found.kind != "folder" or places.parent(folder).state != "there":
                continue
            if not self.transport.names(folder):
                self.touch(folder)
                self.transport.remove_folder(folder)

    def place(self, settled: frozenset[str], prepared: Prepared) -> None:
        """Make every wanted path what it should be."""
        self._look_again()
        copies: list[tuple[str, str]] = []
        for path, file in self.wanted.items():
            if path in settled:
                continue
            reason = self._obstacle(path)
            if reason:
                self.skipped.append(Skipped(path, reason))
                if path in prepared:
                    self.transport.remove(prepared[path][0])
            elif file.install == "link":
                self._place_link(path)
            elif path in prepared:
                copies.append(prepared[path])
            elif self.copy_differs(file):
                copies.append(self.stage_copy(file))
        if len(copies) > len(prepared):
            self.sync()
        for staged, place in copies:
            self.touch(place)
            self.transport.rename(staged, place)

    def _look_again(self) -> None:
        """Forget what was seen of folders: some were made or removed."""
        self.places = Places(self.target)
        self.adopted = Adopted(self.target, self.places)

    def _obstacle(self, path: str) -> str | None:
        """Say why a path cannot be placed; make its folders if it can."""
        parent = self.places.parent(path)
        if parent.state != "there":
            return f"'{parent.at}' is in the way"
        if parent.missing:
            for folder in parent.missing:
                self.touch(folder)
                self.transport.make_folder(folder)
            self._look_again()
            return None
        found = self.transport.status(self.places.real(path))
        return None if found is None or self._ours(path, found.kind) else "it is not ours"

    def _place_link(self, path: str) -> None:
        place = self.places.real(path)
        found = self.transport.status(place)
        if found is not None and self.places.is_our_link(path):
            return
        self.touch(place)
        text = self.places.link_text(path)
        if found is None:
            self.transport.make_link(place, text)
            return
        staged = self.target.beside(place)
        self.transport.make_link(staged, text)
        self.transport.rename(staged, place)

    def is_folder(self, path: str) -> bool:
        """Whether a folder lies at a path."""
        found = self.transport.status(self.places.real(path))
        return found is not None and found.kind == "folder"

    def copy_differs(self, file: ManifestFile) -> bool:
        found = self.transport.status(self.places.real(file.path))
        if found is None or found.kind != "file" or found.mode != file.mode:
            return True
        if not self.accounts.of(file).is_of(found):
            return True
        return self.places.digest(file.path) != file.sha256

    def stage_copy(self, file: ManifestFile) -> tuple[str, str]:
        """Write a copy beside its place; returns both names."""
        place = self.places.real(file.path)
        self.touch(place)
        data = self.transport.read(self.target.in_tree(self.tree, file.path))
        staged = self.target.beside(place)
        self.transport.write(staged, data, file.mode, owner=self.accounts.of(file))
        return staged, place

    def _ours(self, path: str, kind: str) -> bool:
        """Whether a thing is a link or copy of this stack, or one that it has adopted."""
        if kind == "link" and self.places.is_our_link(path):
            return True
        digests = self.digests.get(path, ())
        if kind == "file" and self.places.is_our_copy(path, digests):
            return True
        return self.adopted.holds(path)

    def touch(self, place: str) -> None:
        """Note that a path is about to change, for `sync`."""
        self.touched.add(folder_of(place))

    def sync(self) -> None:
        """Make it durable: once for each file system, whatever the number of files."""
        devices: dict[int, str] = {}
        for folder in sorted(self.touched):
            found = self.transport.status(folder)
            if found is not None:
                devices.setdefault(found.device, folder)
        for folder in devices.values():
            self.transport.sync_filesystem(folder)
        self.touched.clear()
