"""Generations that are kept, and whether all that they need is still there.

In: a stack and perhaps a number. Out: a manifest, and where it is to be deployed anew, with
secrets as they are now, its bundle; or a refusal that says what is gone.
"""

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import StoreName
from ..deploy.records.manifest_file import MissingManifest, load
from ..deploy.records.pointers import live_manifest
from ..deploy.staging.bundle_file import whole_bundle
from ..deploy.target.caller import Caller
from ..deploy.target.errors import fail
from ..deploy.target.layout import Target, generation_name
from ..deploy.transaction.locking import observed

__all__ = ["check_same_store", "check_store", "find_generation", "kept_generation"]


def kept_generation(target: Target, to: int | None, caller: Caller) -> tuple[Manifest, Bundle]:
    """Return the generation that was live before this one, or number `to`.

    Raises ProgramError: E12 where it is gone, E26, E27 where its bundle is damaged, E29.
    """
    with observed(target, caller.notice):
        manifest = find_generation(target, to, live_manifest(target))
        check_same_store(target, manifest)
        return manifest, whole_bundle(target, manifest)


def find_generation(target: Target, to: int | None, live: Manifest | None) -> Manifest:
    """Return generation `to`, or the one before the live one. Raises ProgramError (E12, E26)."""
    return _load(target, _previous(target, live) if to is None else to)


def _previous(target: Target, live: Manifest | None) -> int:
    if live is None:
        fail(Code.E26, f"stack '{target.stack}' is not deployed here")
    if live.previous is None:
        fail(Code.E12, f"nothing was live before {generation_name(live.generation)}")
    return live.previous


def _load(target: Target, number: int) -> Manifest:
    try:
        return load(target, number)
    except MissingManifest:
        hint = f"`punix service list {target.stack}` shows those that are kept"
        fail(Code.E12, f"stack '{target.stack}' has no {generation_name(number)}", hint=hint)


def check_same_store(target: Target, manifest: Manifest) -> None:
    """Refuse another store (E12): it may have paths of the same names, but no unit reads those."""
    if manifest.store_root != target.store_root:
        name = generation_name(manifest.generation)
        hint = f"give --store-root {manifest.store_root}"
        fail(Code.E12, f"{name} uses the store '{manifest.store_root}'", hint=hint)


def check_store(caller: Caller, names: tuple[StoreName, ...]) -> None:
    """Refuse store paths that are not there or not valid (E12)."""
    gone = [name for name in names if not caller.is_valid(name)]
    if gone:
        hint = "build it again, or roll back to a generation whose paths are there"
        raise ProgramError(
            Diagnostic(Code.E12, f"store path '{name}' is not there or not valid", hint=hint)
            for name in gone
        )
