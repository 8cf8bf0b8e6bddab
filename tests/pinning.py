"""Generations that pin entries which nothing made."""

from pathlib import Path

from builds import NOTHING, fake_name

from punix.ir.manifest import Manifest
from punix.ir.names import ModuleName
from punix.runtime.files.sealed import seal
from punix.runtime.store.deployments_roots import register_root
from punix.runtime.store.store import Store


def deploy(store: Store, root: Path, generation: int, *numbers: int) -> Path:
    """Write the manifest of a generation that pins some entries, and register its root."""
    manifest = Manifest(
        stack=ModuleName("Web"),
        kind="stack",
        backend="systemd",
        scope="system",
        scenario=None,
        generation=generation,
        tree=f"gen-{generation:03}",
        previous=None,
        deployed_at="2026-11-23T00:00:00Z",
        deployed_by="0",
        tool="0",
        source_hash=NOTHING,
        bundle=NOTHING,
        store_root=store.root,
        store_paths=tuple(map(fake_name, numbers)),
        files=(),
        secrets=(),
        units=(),
        shared_files=(),
        enablement=(),
        dirs=(),
    )
    path = root / "Web" / f"gen-{generation:03}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(seal(manifest))
    register_root(store, root)
    return path
