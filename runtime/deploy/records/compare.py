"""What is different between two generations of a stack.

In: two manifests of one target. Out: a `Difference`; and for a changed file both texts, read
from the trees and held against their digests, so that a person can be shown the lines.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import TypeVar

from ....ir.manifest import Manifest, ManifestFile
from ....ir.names import AbsPath, StoreName, UnitName
from ....ir.node import Frozen, frozen
from ..target.layout import Target

__all__ = ["Changes", "Difference", "difference", "text_of"]

K = TypeVar("K", bound=str)


@frozen
class Changes(Frozen):
    """Names that only the later generation has, only the earlier, or both, not alike; sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        counts = (("+", self.added), ("~", self.changed), ("-", self.removed))
        return " ".join(f"{sign}{len(names)}" for sign, names in counts if names) or "none"


@frozen
class Difference(Frozen):
    """Files by path, units by name, store paths by name, secrets by the name of their file."""

    files: Changes
    units: Changes
    store_paths: Changes
    secrets: Changes

    def __bool__(self) -> bool:
        return bool(self.files or self.units or self.store_paths or self.secrets)


def difference(earlier: Manifest, later: Manifest) -> Difference:
    """Compare what two generations say; pure."""
    return Difference(
        _changes(_files(earlier), _files(later)),
        _changes(_units(earlier), _units(later)),
        _changes(_paths(earlier), _paths(later)),
        _changes(_secrets(earlier), _secrets(later)),
    )


def _changes(earlier: Mapping[K, object], later: Mapping[K, object]) -> Changes:
    return Changes(
        tuple(sorted(later.keys() - earlier.keys())),
        tuple(sorted(earlier.keys() - later.keys())),
        tuple(
            sorted(name for name in earlier.keys() & later.keys() if earlier[name] != later[name])
        ),
    )


def _files(manifest: Manifest) -> dict[AbsPath, object]:
    return {
        one.path: (one.sha256, one.mode, one.owner, one.group, one.install)
        for one in manifest.files
    }


def _units(manifest: Manifest) -> dict[UnitName, object]:
    return {one.name: (one.meaning, one.enable, one.wanted_by) for one in manifest.units}


def _paths(manifest: Manifest) -> dict[StoreName, object]:
    return dict.fromkeys(manifest.store_paths)


def _secrets(manifest: Manifest) -> dict[str, object]:
    return {one.name: one.keyed for one in manifest.secrets}


def text_of(target: Target, manifest: Manifest, path: str) -> str | None:
    """Return the text of a generation's file as it was deployed.

    None if it has no such file, or its tree no longer has these bytes, or they are no UTF-8.
    """
    file = next((one for one in manifest.files if one.path == path), None)
    data = _bytes_of(target, manifest, file) if file else None
    try:
        return None if data is None else data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _bytes_of(target: Target, manifest: Manifest, file: ManifestFile) -> bytes | None:
    place = target.in_tree(manifest.tree, file.path)
    found = target.transport.status(place)
    if found is None or found.kind != "file":
        return None
    data = target.transport.read(place)
    return data if sha256(data).hexdigest() == file.sha256 else None
