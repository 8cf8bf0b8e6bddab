"""What a deploy does: a pure function of what runs and of what shall run.

In: the manifest of the live generation, or None, and a bundle. Out: a `Plan`:
each file's change, each unit's action with its reason and the line behind it.

A unit restarts when what it says has changed in a way that matters (`meaning`),
or a package, file or secret that it uses has, or a unit that it requires
restarts, which systemd passes on by itself. It reloads instead where it can and
nothing changed but files that it reads again then; that is passed on to nobody.
Stops come first, each unit before those that it requires; then the rest, each
after them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import TopologicalSorter

from ...ir.bundle import Bundle, BundleFile, Unit
from ...ir.codec import identity
from ...ir.manifest import Manifest, ManifestFile, ManifestUnit, text_digest
from ...ir.names import Digest, FilePath, StoreName, UnitName
from ...ir.plan import FileChange, Plan, UnitAction
from ...ir.span import Source, Span, by_name, locate

__all__ = ["transition"]

Cause = tuple[str, str]
"""A reason and the `file:line` behind it."""


def transition(
    old: Manifest | None, new: Bundle, secrets: Mapping[str, Digest] | None = None
) -> Plan:
    """Compare; `secrets` holds the keyed digests of the new secret files that are known."""
    sources = by_name(new.sources)
    files = tuple(_file_changes(old.files if old else (), new.files, sources))
    before = {unit.name: unit for unit in old.units} if old else {}
    paths = old.store_paths if old else ()
    return Plan(
        stack=new.stack,
        against=old.generation if old else None,
        bundle=identity(new),
        files=files,
        units=(
            *_stops(before, new),
            *_starts(before, new, _Causes(old, new, files, secrets or {}, sources)),
        ),
        packages_added=tuple(sorted(set(new.roots).difference(paths))),
        packages_removed=tuple(sorted(set(paths).difference(new.declared))),
    )


def _source(span: Span, sources: Mapping[str, Source]) -> str:
    place = locate(span, sources)
    return f"{place.file}:{place.line}"


def _file_changes(
    old: Iterable[ManifestFile], new: Iterable[BundleFile], sources: Mapping[str, Source]
) -> Iterator[FileChange]:
    before: dict[FilePath, ManifestFile] = {file.path: file for file in old}
    after = {file.path: file for file in new}
    for path in sorted(before.keys() | after.keys()):
        file, known = after.get(path), before.get(path)
        if file is None:
            yield FileChange(path, "removed", "")
        elif known is None:
            yield FileChange(path, "added", _source(file.span, sources))
        else:
            kept = _facts(known, known.text) == _facts(file, text_digest(file.text))
            yield FileChange(path, "kept" if kept else "changed", _source(file.span, sources))


def _facts(file: ManifestFile | BundleFile, text: Digest) -> tuple[object, ...]:
    return (text, file.mode, file.owner, file.group, file.install)


def _stops(before: Mapping[UnitName, ManifestUnit], new: Bundle) -> Iterator[UnitAction]:
    kept = {unit.name for unit in new.units}
    graph = {unit.name: unit.requires for unit in before.values()}
    for name in reversed(tuple(TopologicalSorter(graph).static_order())):
        if name in before and name not in kept:
            yield UnitAction(name, "stop", "it is no longer in the stack", before[name].source)


def _starts(
    before: Mapping[UnitName, ManifestUnit], new: Bundle, causes: "_Causes"
) -> Iterator[UnitAction]:
    restarting: set[UnitName] = set()
    for unit in new.units:
        if unit.name not in before:
            yield UnitAction(unit.name, "start", "it is new", causes.source(unit.span))
            continue
        known = before[unit.name]
        restart = causes.restart(known, unit) or causes.passed_on(unit, restarting)
        reload = causes.reload(known, unit)
        if restart is not None:
            restarting.add(unit.name)
            yield UnitAction(unit.name, "restart", *restart)
        elif reload is not None:
            yield UnitAction(unit.name, "reload", *reload)
        else:
            yield UnitAction(unit.name, "none", "nothing that it uses changed", "")


class _Causes:
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
        return _source(span, self._sources)

    def restart(self, old: ManifestUnit, new: Unit) -> Cause | None:
        """Return the cause of its own for which a unit restarts, None if there is none."""
        return (
            self._package(old.packages, new)
            or self._unit(old, new)
            or self._file(new.start_files if new.reloads else (*old.files, *new.files), new)
            or (None if new.reloads else self._by_file(self._shared, new))
            or self._secret(new)
        )

    def reload(self, old: ManifestUnit, new: Unit) -> Cause | None:
        """Return the cause for which a unit reloads that does not restart."""
        if not new.reloads:
            return None
        return self._file((*old.files, *new.files), new) or self._by_file(self._shared, new)

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
