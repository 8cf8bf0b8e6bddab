"""Why a unit restarts or reloads.

In: the manifest that a bundle is compared with, the bundle, and the changes of its files.
Out: for a unit the first cause that applies, the most telling first, with its line.
"""

from collections.abc import Collection, Iterable, Mapping

from ...ir.bundle import Bundle, Unit
from ...ir.manifest import Manifest, ManifestUnit
from ...ir.names import Digest, FilePath, StoreName, UnitName
from ...ir.plan import FileChange
from ...ir.span import Source, Span, locate

__all__ = ["Causes", "source_of"]

Cause = tuple[str, str]
"""A reason and the `file:line` behind it."""


def source_of(span: Span, sources: Mapping[str, Source]) -> str:
    """Return `file:line` of a span."""
    return locate(span, sources).without_column


class Causes:
    """Why a unit restarts or reloads: the first cause that applies, the most telling first."""

    def __init__(
        self,
        old: Manifest | None,
        new: Bundle,
        files: Iterable[FileChange],
        secrets: Mapping[str, Digest],
        sources: Mapping[str, Source],
    ) -> None:
        self._files = {entry.path: entry for entry in files}
        self._old_secrets = {entry.name: entry.keyed for entry in old.secrets} if old else {}
        self._new_secrets = secrets
        self._sources = sources
        self._shared = self._changed([*(old.shared_files if old else ()), *new.shared_files])

    def source(self, span: Span) -> str:
        """Return `file:line` of a span."""
        return source_of(span, self._sources)

    def restart(self, old: ManifestUnit, new: Unit) -> Cause | None:
        """Return the cause of its own for which a unit restarts, None if there is none."""
        return (
            self._package(old.packages, new)
            or self._unit(old, new)
            or self._file(new.start_files if new.reloads else (*old.files, *new.files), new)
            or (None if new.reloads else self._shared_file(new))
            or self._secret(new)
        )

    def reload(self, old: ManifestUnit, new: Unit) -> Cause | None:
        """Return the cause for which a unit reloads that does not restart."""
        if not new.reloads:
            return None
        return self._file((*old.files, *new.files), new) or self._shared_file(new)

    def passed_on(self, unit: Unit, restarting: Collection[UnitName]) -> Cause | None:
        """Return the cause for which systemd restarts a unit together with one that it requires."""
        for name in unit.requires:
            if name in restarting:
                return (f"{name} restarts", self.source(unit.span))
        return None

    def _package(self, old: Iterable[StoreName], new: Unit) -> Cause | None:
        for name in sorted(set(new.packages).difference(old)):
            return (f"package {name.split('-', 1)[1]} changed", self.source(new.binary_span))
        return None

    def _unit(self, old: ManifestUnit, new: Unit) -> Cause | None:
        changed = old.meaning != new.meaning or old.path != new.path
        return ("its unit changed", self.source(new.span)) if changed else None

    def _changed(self, paths: Iterable[FilePath]) -> FileChange | None:
        """Return the first change among some paths."""
        changes = (self._files[path] for path in sorted(paths))
        return next((entry for entry in changes if entry.change != "kept"), None)

    def _file(self, paths: Iterable[FilePath], unit: Unit) -> Cause | None:
        return self._by_file(self._changed(paths), unit)

    def _shared_file(self, unit: Unit) -> Cause | None:
        """Return the change of a file that any service may read; timers and sockets read none."""
        return self._by_file(self._shared, unit) if unit.kind == "service" else None

    def _by_file(self, entry: FileChange | None, unit: Unit) -> Cause | None:
        if entry is None:
            return None
        return (f"{entry.path} {entry.change}", entry.source or self.source(unit.span))

    def _secret(self, new: Unit) -> Cause | None:
        for name in new.secrets:
            known = self._new_secrets.get(name)
            if known is not None and known != self._old_secrets.get(name):
                return ("a secret that it uses changed", self.source(new.span))
        return None
