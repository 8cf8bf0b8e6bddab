"""Putting right what differs between the machine and what is live.

In: a target that is held, and what is live. Out: each `Drift` with what became of it. What
is in the way is moved aside, damaged files of every kept tree are put back, from another
tree or from the bundle of their own, and the rest is reconciled.
"""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from ....ir.bundle import Bundle
from ....ir.manifest import Manifest, ManifestFile
from ..paths.backups import DriftFolder, make_folders
from ..paths.drift import Drift, StoreFault, survey
from ..paths.enabling import enabling_link
from ..paths.places import Places
from ..paths.reconcile import reconcile
from ..records import journal
from ..records.manifest_file import load, numbers
from ..staging.bundle_file import file_again, load_bundle
from ..staging.stage import as_staged, damaged_files
from ..target.accounts import Accounts
from ..target.caller import Caller
from ..target.layout import Target, folder_of

__all__ = ["others_than", "repair"]


def others_than(target: Target, live: Manifest) -> list[Manifest]:
    """Return the manifests of all generations but the live one. Raises ProgramError (E27)."""
    return [load(target, number) for number in numbers(target) if number != live.generation]


def repair(target: Target, live: Manifest, caller: Caller, fault: StoreFault) -> Iterator[Drift]:
    """Mend what can be mended; yields each drift with what became of it.

    The caller holds the stack and the claims of all. Raises ProgramError (E27), OSError.
    """
    others = others_than(target, live)
    found = _everything(target, live, others, fault)
    if not found:
        return
    entry = journal.begin(target, "fix", live.generation, live.generation)
    journal.write(target, entry)
    work = _Repair(target, live, others, caller)
    tried = [work.mend(drift) for drift in found]
    reconcile(target, live, others)
    journal.close(target, entry)
    after = _everything(target, live, others, fault)
    left = {(drift.path, drift.what) for drift in after}
    for drift in tried:
        yield replace(drift, fixed=(drift.path, drift.what) not in left)


def _everything(
    target: Target, live: Manifest, others: list[Manifest], fault: StoreFault
) -> list[Drift]:
    """Return what differs, and then what was written to in the trees of other generations."""
    found = list(survey(target, live, others, fault))
    for manifest in _by_tree(live, others).values():
        found += [
            Drift(target.in_tree(manifest.tree, file.path), "tree", "it is gone or was written to")
            for file in damaged_files(target, manifest)
        ]
    return found


def _by_tree(live: Manifest, others: list[Manifest]) -> dict[str, Manifest]:
    """Return one generation for each tree but that of the live one."""
    return {one.tree: one for one in others if one.tree != live.tree}


class _Repair:
    def __init__(
        self, target: Target, live: Manifest, others: list[Manifest], caller: Caller
    ) -> None:
        self.target, self.live, self.transport = target, live, target.transport
        self.places, self.accounts = Places(target), Accounts(target.transport)
        self.files: dict[str, ManifestFile] = {file.path: file for file in live.files}
        self.trees = sorted({manifest.tree for manifest in [live, *others]})
        self.kept = {
            target.in_tree(tree, file.path): (manifest, file)
            for tree, manifest in _by_tree(live, others).items()
            for file in manifest.files
        }
        self.bundles: dict[str, Bundle | None] = {}
        self.aside = DriftFolder(target, caller.now())

    def mend(self, drift: Drift) -> Drift:
        """Move aside, put back, or set attributes; what is missing is placed by reconcile."""
        file = self.files.get(drift.path)
        if drift.what in ("link", "content"):
            return replace(drift, moved=self.aside.move(self.places.real(drift.path), drift.path))
        if drift.what in ("mode", "owner"):
            self._set_attributes(drift.path, file)
        if drift.what == "enabled":
            self._lead_through_live(drift.path)
        if drift.what == "tree" and file is not None:
            return self._restore(drift, self.live, file)
        if drift.path in self.kept:
            return self._restore(drift, *self.kept[drift.path])
        return drift

    def _set_attributes(self, path: str, file: ManifestFile | None) -> None:
        if file is None:  # a secret file
            self.transport.set_mode(path, 0o600)
            return
        is_link, staged = file.install == "link", self.target.in_tree(self.live.tree, path)
        place = staged if is_link else self.places.real(path)
        self.transport.set_owner(place, self.accounts.of(file))
        self.transport.set_mode(place, file.mode)

    def _lead_through_live(self, link: str) -> None:
        """Let a link that enables a unit name the unit beside it, which follows `live`."""
        unit = next(unit for unit in self.live.units if unit.name == link.rpartition("/")[2])
        staged = self.target.beside(link)
        if self.transport.status(staged) is not None:  # of a command that was killed
            self.transport.remove(staged)
        self.transport.make_link(staged, enabling_link(unit))
        self.transport.rename(staged, link)

    def _restore(self, drift: Drift, manifest: Manifest, file: ManifestFile) -> Drift:
        """Put a damaged file of a tree back, in one rename; the damaged one is kept.

        It may have names in several trees; each gets a file of its own.
        """
        if drift.path in self.kept and as_staged(self.target, manifest.tree, file):
            return drift  # mending the live generation has mended this one
        place = self.target.in_tree(manifest.tree, file.path)
        data = self._bytes_of(manifest, file)
        if data is None:
            return replace(drift, message=f"{drift.message}, and no generation has its bytes")
        moved = None
        if self.transport.status(place) is not None:
            moved = self.aside.place(drift.path)
            self.transport.hard_link(moved, place)
        fresh, owner = self.target.temporary("restored"), self.accounts.of(file)
        self.transport.write(fresh, data, file.mode, owner=owner, modified=file.modified, sync=True)
        make_folders(self.transport, folder_of(place), 0o755)
        self.transport.rename(fresh, place)
        return replace(drift, moved=moved)

    def _bytes_of(self, manifest: Manifest, file: ManifestFile) -> bytes | None:
        """Find the bytes of a file in any tree, or write them anew from the bundle."""
        places = [self.target.in_tree(tree, file.path) for tree in self.trees]
        if file.install == "copy":
            places.append(self.places.real(file.path))
        for place in places:
            found = self.transport.status(place)
            if found is not None and found.kind == "file":
                data = self.transport.read(place)
                if sha256(data).hexdigest() == file.sha256:
                    return data
        if manifest.tree not in self.bundles:
            self.bundles[manifest.tree] = load_bundle(self.target, manifest.tree)
        bundle = self.bundles[manifest.tree]
        if bundle is None:
            return None
        return file_again(self.target, bundle, file, manifest.store_root)
