"""The manifest of a generation that is about to be made.

In: rendered files, what is kept of the generation before, and who, when and
with what. Out: a `Manifest`. It holds no secret and no unkeyed hash of one.
"""

from collections.abc import Iterable

from ....ir.bundle import Bundle, Unit
from ....ir.codec import identity
from ....ir.manifest import Manifest, ManifestFile, ManifestSecret, ManifestUnit, text_digest
from ....ir.names import AbsPath, FilePath, StoreName, UnitName
from ....ir.node import Frozen, frozen
from ....ir.span import by_name, locate
from ....ir.text import Secret
from ..target.layout import Target, generation_name
from .render import Rendered, RenderedFile
from .secrets import reference
from .stage import Kept

__all__ = ["Facts", "describe", "describe_files"]


@frozen
class Facts(Frozen):
    """What a manifest says beside its files: times in RFC 3339 UTC, names as they are shown."""

    generation: int
    previous: int | None
    deployed_at: str
    deployed_by: str
    tool: str
    store_paths: tuple[StoreName, ...]
    enablement: tuple[UnitName, ...]


def describe_files(rendered: Rendered, kept: Kept, modified: int) -> tuple[ManifestFile, ...]:
    """Describe the files of a tree, those that are kept with the time that they have."""
    sources = by_name(rendered.bundle.sources)

    def entry(file: RenderedFile) -> ManifestFile:
        entry, old = file.entry, kept.files.get(file.entry.path)
        return ManifestFile(
            AbsPath(entry.path),
            file.sha256,
            text_digest(entry.text),
            entry.mode,
            entry.owner,
            entry.group,
            entry.install,
            locate(entry.span, sources).without_column,
            len(file.data),
            old.modified if old else modified,
        )

    return tuple(entry(file) for file in rendered.files)


def describe(
    target: Target,
    rendered: Rendered,
    kept: Kept,
    facts: Facts,
    files: tuple[ManifestFile, ...],
    folders: Iterable[AbsPath],
) -> Manifest:
    """Put a manifest together."""
    bundle = rendered.bundle
    tree = kept.tree if kept.whole and kept.tree else generation_name(facts.generation)
    return Manifest(
        stack=bundle.stack,
        kind="stack",
        backend=bundle.backend,
        scope=bundle.scope,
        scenario=bundle.scenario,
        generation=facts.generation,
        tree=tree,
        previous=facts.previous,
        deployed_at=facts.deployed_at,
        deployed_by=facts.deployed_by,
        tool=facts.tool,
        source_hash=bundle.program,
        bundle=identity(bundle),
        store_root=target.store_root,
        store_paths=tuple(sorted(facts.store_paths)),
        files=files,
        secrets=_secrets(rendered),
        units=_units(bundle),
        shared_files=_absolute(bundle.shared_files),
        enablement=facts.enablement,
        dirs=tuple(sorted(folders)),
        home=bundle.home,
    )


def _absolute(paths: Iterable[FilePath]) -> tuple[AbsPath, ...]:
    return tuple(map(AbsPath, paths))


def _secrets(rendered: Rendered) -> tuple[ManifestSecret, ...]:
    return tuple(
        ManifestSecret(
            secret.entry.name,
            tuple(sorted({reference(p) for p in secret.entry.text if isinstance(p, Secret)})),
            secret.keyed,
        )
        for secret in rendered.secrets
    )


def _units(bundle: Bundle) -> tuple[ManifestUnit, ...]:
    sources = by_name(bundle.sources)

    def entry(unit: Unit) -> ManifestUnit:
        return ManifestUnit(
            name=unit.name,
            kind=unit.kind,
            service=unit.service,
            path=AbsPath(unit.path),
            meaning=unit.meaning,
            requires=unit.requires,
            triggers=unit.triggers,
            files=_absolute(unit.files),
            packages=unit.packages,
            secrets=unit.secrets,
            enable=unit.enable,
            wanted_by=unit.wanted_by,
            health=unit.health,
            source=locate(unit.span, sources).without_column,
        )

    return tuple(entry(unit) for unit in sorted(bundle.units, key=lambda unit: unit.name))
