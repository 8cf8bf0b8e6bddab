"""Which stack a deployed file belongs to: the way back from a path to a generation.

In: a path as the target sees it, below any of the stacks of a deployments root.
Out: an `Owner`. Reads only; what a link, a manifest and a bundle say is enough.
"""

import posixpath
from collections.abc import Iterator
from hashlib import sha256

from ....ir.bundle import Bundle
from ....ir.diagnostics import Diagnostic, ProgramError
from ....ir.manifest import Manifest, ManifestFile
from ....ir.names import ModuleName, RootPath
from ....ir.node import Frozen, frozen
from ..staging.bundle_file import load_bundle
from ..target.errors import reported
from ..target.layout import Target, as_stack, folder_of, stacks
from ..target.transport import Transport
from .manifest_file import load, numbers
from .pointers import live_manifest

__all__ = ["Owner", "live_paths", "owner_of"]


@frozen
class Owner(Frozen):
    """A file of a generation; `bundle` is what it was rendered from, None if that is lost.

    `changed` says whether the file now has other bytes than were deployed.
    """

    target: Target
    manifest: Manifest
    file: ManifestFile
    bundle: Bundle | None
    changed: bool


def owner_of(
    transport: Transport, deployments_root: RootPath, store_root: RootPath, path: str
) -> Owner | None:
    """Find the generation whose file a path is: in a tree that generation, else the live one.

    None if no stack has it. Raises ProgramError: E27 if a manifest that is damaged
    may be the reason, E29.
    """
    errors: list[Diagnostic] = []
    root = f"{deployments_root.rstrip('/')}/"
    with reported():
        for stack in _stacks(transport, root, path):
            target = Target(transport, deployments_root, store_root, stack)
            try:
                found = _find(target, path)
            except ProgramError as problem:
                errors += problem.diagnostics
                continue
            if found is not None:
                return _owner(target, path, *found)
    if errors:
        raise ProgramError(errors)
    return None


def live_paths(
    transport: Transport, deployments_root: RootPath, store_root: RootPath
) -> frozenset[str]:
    """Return the path of every file that is live. Raises ProgramError (E27, E29)."""
    with reported():
        targets = [
            Target(transport, deployments_root, store_root, stack)
            for stack in stacks(transport, deployments_root)
        ]
        manifests = [manifest for target in targets if (manifest := live_manifest(target))]
        return frozenset(file.path for manifest in manifests for file in manifest.files)


def _stacks(transport: Transport, root: str, path: str) -> Iterator[ModuleName]:
    """Yield the stack that a path or its link leads to; if there is none, all stacks."""
    for way in (path, posixpath.join(folder_of(path), transport.read_link(path) or "")):
        inside = posixpath.normpath(way)
        if inside.startswith(root):
            yield from as_stack(inside.removeprefix(root).partition("/")[0])
            return
    yield from stacks(transport, root.rstrip("/") or "/")


def _find(target: Target, path: str) -> tuple[Manifest, ManifestFile] | None:
    live = live_manifest(target)
    wanted = path
    if path.startswith(f"{target.folder}/"):
        tree, _, rest = path.removeprefix(f"{target.folder}/").partition("/")
        wanted = f"/{rest}"
        if tree != "live" and (live is None or live.tree != tree):
            live = next((one for one in _manifests(target) if one.tree == tree), None)
    if live is None:
        return None
    file = next((file for file in live.files if file.path == wanted), None)
    return (live, file) if file is not None else None


def _manifests(target: Target) -> Iterator[Manifest]:
    return (load(target, number) for number in reversed(numbers(target)))


def _owner(target: Target, path: str, manifest: Manifest, file: ManifestFile) -> Owner:
    place = path if path.startswith(f"{target.folder}/") else file.path
    try:
        data = target.transport.read(target.transport.real(place))
        changed = sha256(data).hexdigest() != file.sha256
    except OSError:  # gone, or not readable: then it is not as it was deployed
        changed = True
    return Owner(target, manifest, file, load_bundle(target, manifest.tree), changed)
