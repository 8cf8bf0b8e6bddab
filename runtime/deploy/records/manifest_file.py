"""Manifests on a target: `gen-NNN.json`, written once, verified before they are obeyed.

In: a `Manifest`, or a number. Out: the file, in the form of `sealed`, so that
damage is found and named by field; or the manifest, after its digests, and
after checking that it is that of this stack and number, that every path in it is one that a
stack may have, and that its units are such as a backend makes. Anything else is E27.
"""

import re
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter

from ....ir.diagnostics import Code
from ....ir.manifest import Manifest, ManifestUnit
from ....ir.names import FilePath, UnitName
from ...files import sealed
from ..target.errors import fail
from ..target.layout import Target, folders_above, generation_name, generation_number

__all__ = ["MissingManifest", "find", "load", "numbers", "peek_tree", "save"]

SHA256 = re.compile(r"[0-9a-f]{64}")
TARGET = re.compile(r"[A-Za-z0-9_][A-Za-z0-9:_.@-]*\.target")
"""What starts units at boot: it becomes a part of the name of a folder."""
TREE_LINE = re.compile(rb'^"tree": "(gen-[0-9]{3,9})",$', re.MULTILINE)
HEAD_BYTES = 16384
HINT = "`punix explain E27` says what to do"


class MissingManifest(Exception):
    """A generation that is not there."""


def save(target: Target, manifest: Manifest) -> None:
    """Put a manifest in place; the caller syncs the folder."""
    name = f"{generation_name(manifest.generation)}.json"
    staged = target.temporary(name)
    target.transport.write(staged, sealed.seal(manifest), 0o644, sync=True)
    target.transport.rename(staged, target.path(name))


def load(target: Target, number: int) -> Manifest:
    """Read and verify a manifest. Raises MissingManifest, ProgramError (E27), OSError."""
    path = target.path(f"{generation_name(number)}.json")
    try:
        data = target.transport.read(path)
    except FileNotFoundError:
        raise MissingManifest(path) from None
    try:
        manifest = sealed.unseal(Manifest, data)
    except sealed.OtherForm as problem:
        hint = "use that version, or a newer one"
        fail(Code.E27, f"'{path}' is not obeyed: {problem}", hint=hint)
    except sealed.Damaged as problem:
        fail(Code.E27, f"'{path}' is damaged: {problem}", hint=HINT)
    for field, fault in _faults(target, manifest, number):
        fail(Code.E27, f"'{path}' is not obeyed: field '{field}': {fault}", hint=HINT)
    return manifest


def find(target: Target, number: int | None) -> Manifest | None:
    """Do as `load` does; None for no number, and for a generation that is not there."""
    try:
        return None if number is None else load(target, number)
    except MissingManifest:
        return None


def _faults(target: Target, manifest: Manifest, number: int) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong) for all that digests cannot tell."""
    if manifest.stack != target.stack:
        yield "stack", f"it is of stack '{manifest.stack}'"
    if manifest.generation != number:
        yield "generation", f"it is {manifest.generation}"
    if generation_number(manifest.tree) is None or manifest.tree.endswith(".json"):
        yield "tree", f"'{manifest.tree}' is no tree"
    paths = [file.path for file in manifest.files]
    if paths != sorted(set(paths)):
        yield "files", "paths are not unique and sorted"
    for file in manifest.files:
        if not 0 <= file.mode <= 0o777 or not SHA256.fullmatch(file.sha256):
            yield "files", f"mode or digest of '{file.path}'"
    for secret in manifest.secrets:
        if "/" in secret.name or secret.name in ("", ".", ".."):
            yield "secrets", f"'{secret.name}' is no file name"
    yield from _strange_units(manifest)
    yield from _strange_paths(target, manifest)


def _strange_units(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield what no backend makes, and would act on more than the units of the generation."""
    paths: set[FilePath] = {file.path for file in manifest.files}
    graph = {unit.name: unit.requires for unit in manifest.units}
    for unit in manifest.units:
        for what in _strange_unit(unit, paths, graph.keys()):
            yield "units", f"{what} of '{unit.name}'"
    if len(graph) < len(manifest.units):
        yield "units", "one is there twice"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        yield "units", "some require each other in a ring"
    startable = {unit.name for unit in manifest.units if unit.wanted_by is not None}
    if not startable.issuperset(manifest.enablement):
        yield "enablement", "it has units that nothing starts"


def _strange_unit(
    unit: ManifestUnit, paths: Collection[FilePath], names: Collection[UnitName]
) -> Iterator[str]:
    if not unit.name.endswith(f".{unit.kind}"):
        yield "kind"
    if unit.path not in paths or unit.path.rpartition("/")[2] != unit.name:
        yield "path"
    if any(name not in names for name in (*unit.requires, *unit.triggers)):
        yield "requires or triggers"
    if unit.wanted_by is not None and TARGET.fullmatch(unit.wanted_by) is None:
        yield "wanted_by"
    if unit.health is not None and not unit.health.is_sound:
        yield "health"


def _strange_paths(target: Target, manifest: Manifest) -> Iterator[tuple[str, str]]:
    kept = (target.deployments_root.rstrip("/") + "/", manifest.store_root.rstrip("/") + "/")
    for file in manifest.files:
        if file.path.startswith(kept):
            yield "files", f"'{file.path}' lies where punix keeps its own data"
    above = folders_above(file.path for file in manifest.files)
    for folder in manifest.dirs:
        if folder not in above:
            yield "dirs", f"'{folder}' holds no file of the generation"


def numbers(target: Target) -> list[int]:
    """Return the numbers of the generations that are there, ascending."""
    names = target.transport.names(target.folder)
    found = (generation_number(name) for name in names if name.endswith(".json"))
    return sorted(number for number in found if number is not None)


def peek_tree(target: Target, number: int) -> str | None:
    """Return which tree a manifest uses, without reading all of it; None if that cannot be told."""
    path = target.path(f"{generation_name(number)}.json")
    try:
        match = TREE_LINE.search(target.transport.read(path, HEAD_BYTES))
    except FileNotFoundError:
        return None
    return match[1].decode() if match else None
