"""A kept generation, to be deployed anew: its files as they were, with secrets as they are now.

In: a target and perhaps a number. Out: the manifest and the bundle of that generation.
"""

from ...ir.bundle import Bundle
from ...ir.manifest import Manifest
from ..deploy.records.pointers import live_manifest
from ..deploy.staging.bundle_file import whole_bundle
from ..deploy.target.caller import Caller
from ..deploy.target.layout import Target
from ..deploy.transaction.locking import observed
from .kept import find_generation, same_store

__all__ = ["kept_generation"]


def kept_generation(target: Target, to: int | None, caller: Caller) -> tuple[Manifest, Bundle]:
    """Return the generation that was live before this one, or number `to`.

    Raises ProgramError: E12 where it is gone, E26, E27 where its bundle is damaged, E29.
    """
    with observed(target, caller.notice):
        manifest = find_generation(target, to, live_manifest(target))
        same_store(target, manifest)
        return manifest, whole_bundle(target, manifest)
