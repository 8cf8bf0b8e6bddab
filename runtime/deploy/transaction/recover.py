"""Finish or undo what an interrupted command left behind.

In: a target whose lock is held. Out: every file agrees with `live`, and what
was done, in words, or None if there was nothing to do. Recovery never changes
what a link reads, and never touches a unit: of an interrupted activation it only
tells. Each of its steps can be done again, so a crash in it is mended by the next one.
"""

from collections.abc import Iterable
from dataclasses import replace

from ....ir.manifest import Manifest
from ...files import sealed
from ..paths.enabling import enabling_links
from ..paths.places import Places
from ..paths.reconcile import reconcile
from ..records import journal
from ..records.journal import Journal
from ..records.manifest_file import find, load, numbers, peek_tree
from ..records.pointers import current_number, live_manifest, live_tree, point, record, unpoint
from ..target.layout import Target, generation_name, generation_number, is_temporary

__all__ = ["is_committed", "recover", "sweep"]

INTERRUPTED = (
    "its activation was interrupted; deploy, apply, rollback or switch --activate resumes it"
)


def recover(target: Target) -> str | None:
    """Make everything agree with `live`. Raises ProgramError (E27), OSError."""
    _clean(target)
    try:
        found = journal.read(target)
    except sealed.Damaged:
        return _without_journal(target)
    if found is None:
        return _set_live(target)
    if found.phase == "activate":
        return _tell_interrupted(target, found)
    if is_committed(target, found):
        return _forward(target, found)
    return _back(target, found)


def is_committed(target: Target, found: Journal) -> bool:
    """Whether the flip that a journal speaks of has happened."""
    tree = live_tree(target)
    if found.after is None:
        return tree is None
    after = _after(target, found)
    if after is None or tree != after.tree:
        return False
    before = find(target, found.before)
    return before is None or before.tree != tree or current_number(target) == found.after


def _after(target: Target, found: Journal) -> Manifest | None:
    return found.created or find(target, found.after)


def _forward(target: Target, found: Journal) -> str:
    before, after = find(target, found.before), _after(target, found)
    _point_current(target, after)
    stays = _settle(target, after, [before], found)
    return _told(f"finished an interrupted {found.verb}: {_name(after)} is live", stays)


def _back(target: Target, found: Journal) -> str:
    before, after = find(target, found.before), _after(target, found)
    live = before if before and before.tree == live_tree(target) else live_manifest(target)
    if found.created and found.created.tree == generation_name(found.created.generation):
        _remove(target, found.created.tree)  # first of all: on a full disk it makes room
    _point_current(target, live)
    if found.created:
        _remove(target, record(found.created.generation))
    stays = _settle(target, live, [before, after], _without_created(found, live))
    return _told(f"undid an interrupted {found.verb}: {_name(live)} is live", stays)


def _without_created(found: Journal, live: Manifest | None) -> Journal:
    """Return what is left to do once the generation to come is gone: units, to agree with live."""
    gone = found.created.generation if found.created else None
    units = tuple(number for number in found.units if number != gone)
    return replace(found, after=live.generation if live else None, units=units)


def _told(done: str, stays: bool) -> str:
    return f"{done}; {INTERRUPTED}" if stays else done


def _tell_interrupted(target: Target, found: Journal) -> str | None:
    sweep(target)
    if found.after is None and not found.units:
        journal.remove(target)
        return None
    return f"{_name(live_manifest(target))} is live; {INTERRUPTED}"


def _name(manifest: Manifest | None) -> str:
    return generation_name(manifest.generation) if manifest else "nothing"


def _point_current(target: Target, live: Manifest | None) -> None:
    if live is None:
        unpoint(target, "current")
    elif current_number(target) != live.generation:
        point(target, "current", record(live.generation))


def _settle(
    target: Target, live: Manifest | None, involved: Iterable[Manifest | None], found: Journal
) -> bool:
    others = [other for other in involved if other and other != live]
    _remove_temporaries(target, [*others, *([live] if live else [])])
    reconcile(target, live, others, found.folders)
    sweep(target)
    target.transport.sync_folder(target.folder)
    return journal.close(target, found)


def _without_journal(target: Target) -> str:
    """The journal cannot be read: believe `live`, and look at every other generation's files."""
    live = live_manifest(target)
    _point_current(target, live)
    others = [load(target, number) for number in numbers(target)]
    _remove_temporaries(target, others)
    reconcile(target, live, [other for other in others if other != live])
    sweep(target)
    journal.remove(target)
    return "the journal could not be read: reconciled with what is live"


def _set_live(target: Target) -> str | None:
    """Without a journal, a missing `live` was lost: `current` says what it was."""
    number = current_number(target)
    if number is None or live_tree(target) is not None:
        sweep(target)
        return None
    manifest = find(target, number)
    if manifest is None:
        return None
    point(target, "live", manifest.tree)
    target.transport.sync_folder(target.folder)
    return f"'live' was missing: set to {manifest.tree}"


def _clean(target: Target) -> None:
    """Remove what is half-made in the stack's folder."""
    for name in target.transport.names(target.folder):
        if is_temporary(name):
            _remove(target, name)


def _remove(target: Target, name: str) -> None:
    found = target.transport.status(target.path(name))
    if found is not None and found.kind == "folder":
        target.transport.remove_tree(target.path(name))
    elif found is not None:
        target.transport.remove(target.path(name))


def sweep(target: Target) -> None:
    """Remove what is half-made, and trees that no manifest uses; in doubt they stay."""
    _clean(target)
    names = set(target.transport.names(target.folder))
    trees = {name for name in names if generation_number(name) and not name.endswith(".json")}
    orphans = {name for name in trees if f"{name}.json" not in names}
    if not orphans:
        return
    used = {peek_tree(target, number) for number in numbers(target)}
    if None in used:
        return
    for name in sorted(orphans - {*used, live_tree(target)}):
        target.transport.remove_tree(target.path(name))


def _remove_temporaries(target: Target, manifests: Iterable[Manifest]) -> None:
    """Remove what an interrupted command left half-made beside the files of these generations."""
    transport, places = target.transport, Places(target)
    known = [(manifest.files, enabling_links(manifest)) for manifest in manifests]
    paths = {file.path for files, _ in known for file in files}
    there = (
        path
        for path in paths.union(*(links for _, links in known))
        if places.parent(path).state == "there"
    )
    half_made = {target.beside(places.real(path)) for path in there}
    for folder in sorted({path.rpartition("/")[0] for path in half_made}):
        for name in transport.names(folder or "/"):
            if f"{folder}/{name}" in half_made:
                transport.remove(f"{folder}/{name}")
