"""What a deploy is given: of a program that was built, or of a generation that is kept.

In: a bundle and its run-time closure, or the number of a generation. Out: a `Wish`.
"""

from functools import partial
from pathlib import Path

from ...backends.base import load_backend
from ...ir.bundle import Bundle
from ...ir.manifest import Manifest
from ...ir.names import StoreName
from ...runtime.deploy.staging.secrets import SecretSource
from ...runtime.deploy.target.caller import Caller
from ...runtime.deploy.target.layout import Target
from ...runtime.service.deploy import Wish
from ...runtime.service.kept_generations import kept_generation
from ...runtime.store.deployments_roots import register_root
from ...runtime.store.store import Store
from .secrets import secret_source
from .target import deployments_folder

__all__ = ["wish_for", "wish_for_kept"]


def wish_for(
    bundle: Bundle, store_paths: tuple[StoreName, ...], place: Target, secrets: SecretSource
) -> Wish:
    """Return what to deploy: a bundle, with the run-time closure of what it uses."""
    backend = load_backend(bundle.backend)
    return Wish(
        bundle=bundle,
        store_paths=store_paths,
        secrets=secrets,
        quote=backend.secret,
        too_new=backend.too_new,
        register=partial(register_root, Store(place.store_root), deployments_folder(place)),
    )


def wish_for_kept(
    place: Target, to: int | None, who: Caller, vault: Path | None
) -> tuple[Manifest, Wish]:
    """Return a kept generation, the one before the live one for None, and how to deploy it anew."""
    kept, bundle = kept_generation(place, to, who)
    return kept, wish_for(bundle, kept.store_paths, place, secret_source(vault, dry_run=False))
