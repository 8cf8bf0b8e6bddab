"""A generation's tree: every file of a stack, rendered, in a folder of its own.

In: rendered files, and the generation before. Out: `gen-NNN/`, complete and
durable before it has its name. A tree is never written to again: where nothing
changed the one before is used, and in a new one a file that is as it was is a
second name of the old one. What the target refuses is an OSError.
"""

import errno
from collections.abc import Iterable

from ....ir.bundle import Unit
from ....ir.manifest import Manifest, ManifestFile, ManifestUnit
from ....ir.node import Frozen, frozen
from ...files.sealed import seal
from ..target.accounts import Accounts
from ..target.layout import Target, folders_above
from ..target.transport import NANOSECONDS, Transport
from . import bundle_file
from .render import Rendered, RenderedFile, RenderedSecret

__all__ = ["Kept", "as_staged", "damaged_files", "damaged_in", "kept_files", "stage_tree"]

SECRETS = "secrets"

CANNOT_LINK = (errno.EMLINK, errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP)


@frozen
class Kept(Frozen):
    """What a new generation takes from the one before: files by path, or the whole tree."""

    tree: str | None
    files: dict[str, ManifestFile]
    whole: bool


def kept_files(target: Target, rendered: Rendered, before: Manifest | None) -> Kept:
    """Compare rendered files with a generation and what is left of its tree."""
    if before is None:
        return Kept(None, {}, False)
    old: dict[str, ManifestFile] = {file.path: file for file in before.files}
    files: dict[str, ManifestFile] = {
        new.entry.path: old[new.entry.path]
        for new in rendered.files
        if new.entry.path in old
        and _same(new, old[new.entry.path])
        and as_staged(target, before.tree, old[new.entry.path])
    }
    names = [secret.entry.name for secret in rendered.secrets]
    whole = (
        len(files) == len(rendered.files) == len(before.files)
        and target.transport.status(target.path(f"{before.tree}/{bundle_file.NAME}")) is not None
        and names == [secret.name for secret in before.secrets]
        and all(_secret_kept(target, before.tree, secret) for secret in rendered.secrets)
        and _unwritten(rendered.bundle.units) == _unwritten(before.units)
    )
    return Kept(before.tree, files, whole)


def _unwritten(units: Iterable[Unit | ManifestUnit]) -> set[tuple[object, ...]]:
    """Return what is in no file of a tree but in the bundle that it keeps."""
    return {(unit.name, unit.health, unit.enable) for unit in units}


def _same(new: RenderedFile, old: ManifestFile) -> bool:
    entry = new.entry
    return (new.sha256, entry.mode, entry.owner, entry.group) == (
        old.sha256,
        old.mode,
        old.owner,
        old.group,
    )


def as_staged(target: Target, tree: str, file: ManifestFile) -> bool:
    """Whether a file of a tree has the size, time and mode that it was given."""
    found = target.transport.status(target.in_tree(tree, file.path))
    return (
        found is not None
        and found.kind == "file"
        and found.size == file.size
        and found.modified == file.modified * NANOSECONDS
        and found.mode == file.mode
    )


def damaged_files(target: Target, manifest: Manifest) -> list[ManifestFile]:
    """Return the files of a tree, but for secrets, that are gone or were written to."""
    return [file for file in manifest.files if not as_staged(target, manifest.tree, file)]


def damaged_in(target: Target, manifest: Manifest) -> list[str]:
    """Return the paths of all files of a tree that are gone or were written to."""
    damaged = damaged_files(target, manifest)
    files = [target.in_tree(manifest.tree, file.path) for file in damaged]
    secrets = [
        target.path(f"{manifest.tree}/{SECRETS}/{secret.name}")
        for secret in manifest.secrets
        if not _secret_there(target, manifest.tree, secret.name)
    ]
    return files + secrets


def _secret_kept(target: Target, tree: str, secret: RenderedSecret) -> bool:
    path = target.path(f"{tree}/{SECRETS}/{secret.entry.name}")
    there = _secret_there(target, tree, secret.entry.name)
    return there and target.transport.read(path) == secret.data


def _secret_there(target: Target, tree: str, name: str) -> bool:
    found = target.transport.status(target.path(f"{tree}/{SECRETS}/{name}"))
    return found is not None and found.kind == "file" and found.mode == 0o600


def stage_tree(target: Target, rendered: Rendered, kept: Kept, name: str, modified: int) -> None:
    """Write the tree `name`; new files get the time `modified` (seconds). Raises OSError."""
    transport, staged = target.transport, target.temporary(name)
    transport.remove_tree(staged)
    transport.make_folder(staged)
    for folder in sorted(folders_above(file.entry.path for file in rendered.files)):
        transport.make_folder(staged + folder)
    accounts = Accounts(transport)
    for file in rendered.files:
        place, old = staged + file.entry.path, kept.files.get(file.entry.path)
        if old and kept.tree and _linked(transport, place, target.in_tree(kept.tree, old.path)):
            continue
        owner, time = accounts.of(file.entry), old.modified if old else modified
        transport.write(place, file.data, file.entry.mode, owner=owner, modified=time)
    _stage_secrets(transport, staged, rendered)
    transport.write(f"{staged}/{bundle_file.NAME}", seal(rendered.bundle), 0o644)
    transport.sync_filesystem(staged)
    transport.rename(staged, target.path(name))


def _linked(transport: Transport, place: str, existing: str) -> bool:
    """Give a file a second name where the file system can."""
    try:
        transport.hard_link(place, existing)
    except OSError as problem:
        if problem.errno not in CANNOT_LINK:
            raise
        return False
    return True


def _stage_secrets(transport: Transport, staged: str, rendered: Rendered) -> None:
    if not rendered.secrets:
        return
    transport.make_folder(f"{staged}/{SECRETS}", 0o700)
    for secret in rendered.secrets:
        transport.write(f"{staged}/{SECRETS}/{secret.entry.name}", secret.data, 0o600)
