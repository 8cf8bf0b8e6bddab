"""What a deploy does: a pure function of what runs and of what shall run.

In: the manifest of the live generation, or None, and a bundle. Out: a `Plan`:
each file's change, each unit's action with its reason and the line behind it.

A unit restarts when what it says has changed in a way that matters (`meaning`),
or a package, file or secret that it uses has, or a unit that it requires
restarts, which systemd passes on by itself. It reloads instead where it can and
nothing changed but files that it reads again then; that is passed on to nobody.
Stops come first, each unit before those that it requires; then the rest, each
after them.

What a timer or a socket starts is never started by a deploy: `_triggered` says what
becomes of it instead. Timers and sockets themselves are units as any other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter

from ...ir.bundle import Bundle, BundleFile, Unit
from ...ir.codec import identity
from ...ir.manifest import Manifest, ManifestFile, ManifestUnit, text_digest
from ...ir.names import Digest, FilePath, UnitName
from ...ir.plan import FileChange, Plan, UnitAction
from ...ir.span import Source, by_name
from .causes import Causes, source_of

__all__ = ["transition"]


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
            *_starts(before, new, Causes(old, new, files, secrets or {}, sources)),
        ),
        packages_added=tuple(sorted(set(new.roots).difference(paths))),
        packages_removed=tuple(sorted(set(paths).difference(new.declared))),
    )


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
            yield FileChange(path, "added", source_of(file.span, sources))
        else:
            kept = _facts(known, known.text) == _facts(file, text_digest(file.text))
            yield FileChange(path, "kept" if kept else "changed", source_of(file.span, sources))


def _facts(file: ManifestFile | BundleFile, text: Digest) -> tuple[object, ...]:
    return (text, file.mode, file.owner, file.group, file.install)


def _stops(before: Mapping[UnitName, ManifestUnit], new: Bundle) -> Iterator[UnitAction]:
    kept = {unit.name for unit in new.units}
    graph = {unit.name: unit.requires for unit in before.values()}
    for name in reversed(tuple(TopologicalSorter(graph).static_order())):
        if name in before and name not in kept:
            yield UnitAction(name, "stop", "it is no longer in the stack", before[name].source)


def _starts(
    before: Mapping[UnitName, ManifestUnit], new: Bundle, causes: Causes
) -> Iterator[UnitAction]:
    restarting: set[UnitName] = set()
    taken_along = _taken_along(before, new)
    for unit in new.units:
        known = before.get(unit.name)
        decide = _triggered if unit.triggers else _wanted
        found = decide(known, unit, causes, restarting)
        if found.action == "restart":
            restarting.add(unit.name)
        if found.action == "none" and unit.name in taken_along:
            reason = f"{taken_along[unit.name]} stops"
            found = UnitAction(unit.name, "stop", reason, causes.source(unit.span), if_running=True)
        yield found


def _taken_along(
    before: Mapping[UnitName, ManifestUnit], new: Bundle
) -> Mapping[UnitName, UnitName]:
    """Return the units that systemd stops with another, and that other: they require it so far."""
    now = {unit.name: unit for unit in new.units}
    stopping = {
        name
        for name, unit in before.items()
        if name not in now or (_is_timed(now[name].triggers) and not _is_timed(unit.triggers))
    }
    found: dict[UnitName, UnitName] = {}
    graph = {unit.name: unit.requires for unit in before.values()}
    for name in TopologicalSorter(graph).static_order():
        causes = (other for other in graph.get(name, ()) if other in stopping or other in found)
        cause = next(causes, None)
        if cause is not None:
            found[name] = cause
    return found


def _wanted(
    known: ManifestUnit | None, unit: Unit, causes: Causes, restarting: Collection[UnitName]
) -> UnitAction:
    """Decide on a unit that always runs: a service that nothing else starts, a timer, a socket."""
    if known is None:
        return UnitAction(unit.name, "start", "it is new", causes.source(unit.span))
    if known.triggers:
        reason = f"{known.triggers[0]} starts it no longer"
        return UnitAction(unit.name, "restart", reason, causes.source(unit.span))
    return _changed(known, unit, causes, restarting)


def _triggered(
    known: ManifestUnit | None, unit: Unit, causes: Causes, restarting: Collection[UnitName]
) -> UnitAction:
    """Decide on a service that a timer or a socket starts: a deploy never does.

    Behind a socket it restarts if it runs: the socket listens all the while. One that only
    a timer starts ends as it began, and is what it should be from its next run on.
    """
    by, source = unit.triggers[0], causes.source(unit.span)
    if _is_timed(unit.triggers):
        if known is not None and not _is_timed(known.triggers):
            return UnitAction(unit.name, "stop", f"only {by} starts it now", source)
        passed = causes.passed_on(unit, restarting) if known else None
        if passed is None:
            return UnitAction(unit.name, "none", f"{by} starts it", "")
        return UnitAction(unit.name, "restart", *passed, if_running=True)
    if known is None:
        return UnitAction(unit.name, "none", f"{by} starts it", "")
    found = _changed(known, unit, causes, restarting)
    return replace(found, if_running=found.action != "none")


def _is_timed(triggers: Collection[UnitName]) -> bool:
    """Whether time starts a unit, and no socket."""
    return bool(triggers) and not any(name.endswith(".socket") for name in triggers)


def _changed(
    known: ManifestUnit, unit: Unit, causes: Causes, restarting: Collection[UnitName]
) -> UnitAction:
    restart = causes.restart(known, unit) or causes.passed_on(unit, restarting)
    if restart is not None:
        return UnitAction(unit.name, "restart", *restart)
    reload = causes.reload(known, unit)
    if reload is not None:
        return UnitAction(unit.name, "reload", *reload)
    return UnitAction(unit.name, "none", "nothing that it uses changed", "")
