"""Removing the entries that nothing needs.

In: a store, and the generations that pin entries. Out: a `GcReport`: what goes,
how big it is, and why what stays stays. Facts go before trees, users before
what they use; so at every moment a valid entry's closure is valid.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...ir.names import BadName, StoreName
from ..files.fs import move_tree, remove_tree, sync_folder
from ..files.lock import LockHeld, hold
from .roots import deployment_roots, drop_root, pins
from .store import Store

__all__ = ["Dead", "GcReport", "Kept", "collect", "holders"]


@dataclass(frozen=True, slots=True)
class Dead:
    """An entry that goes, or went: what its files hold, in bytes; `valid` if it was whole."""

    name: str
    size: int
    valid: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that stays: because a file pins it, or because another entry mentions it."""

    name: StoreName
    because: Path | StoreName


@dataclass(frozen=True, slots=True)
class GcReport:
    """Everything sorted by name; `missing` is pinned but not there."""

    dead: tuple[Dead, ...]
    kept: tuple[Kept, ...]
    missing: tuple[StoreName, ...]
    dropped_roots: tuple[Path, ...]
    dry_run: bool

    @property
    def size(self) -> int:
        """Bytes that go."""
        return sum(dead.size for dead in self.dead)


def collect(
    store: Store,
    extra_roots: Iterable[Path] = (),
    dry_run: bool = False,
    *,
    wait: float | None = None,
    waiting: Callable[[str], None] | None = None,
) -> GcReport:
    """Remove every entry that no generation needs, or say what would be removed.

    `extra_roots` are deployments roots besides the registered ones; they may not
    exist. Waits for whoever uses the store; `waiting` is told who. Raises
    LockHeld after `wait` seconds, ProgramError where a root or manifest cannot be
    read; then nothing was removed.
    """
    if not store.inner(".meta").is_dir():
        return GcReport((), (), (), (), dry_run)
    lock = store.inner("gc.lock")
    tell = (lambda _: waiting(holders(lock))) if waiting else None
    with hold(lock, shared=dry_run, wait=wait, waiting=tell):
        registered = deployment_roots(store)
        gone = tuple(root for root in registered if not os.path.lexists(root))
        references = {name: store.references(name) for name in store.names()}
        reasons = _mark(references, pins(store, [*registered, *extra_roots]))
        dead = _order([name for name in references if name not in reasons], references)
        garbage = _garbage(store, references)
        report = _report(store, references, reasons, dead, garbage, gone, dry_run)
        if not dry_run:
            for root in gone:
                drop_root(store, root)
            _sweep(store, dead, garbage)
    return report


def _mark(
    references: Mapping[StoreName, Sequence[StoreName]],
    roots: Iterable[tuple[StoreName, Path]],
) -> dict[StoreName, Path | StoreName]:
    """Return why each entry stays: one traversal, whatever the number of roots."""
    reasons: dict[StoreName, Path | StoreName] = {}
    for name, path in roots:
        reasons.setdefault(name, path)
    waiting = list(reasons)
    while waiting:
        user = waiting.pop()
        for name in references.get(user, ()):
            if name not in reasons:
                reasons[name] = user
                waiting.append(name)
    return reasons


def _order(
    dead: Sequence[StoreName], references: Mapping[StoreName, Sequence[StoreName]]
) -> list[StoreName]:
    """Put users before what they use; entries never mention each other in a ring."""
    users = dict.fromkeys(dead, 0)
    for name in dead:
        for other in references[name]:
            if other in users:
                users[other] += 1
    ready = [name for name in dead if not users[name]]
    for name in ready:
        for other in references[name]:
            if other in users:
                users[other] -= 1
                if not users[other]:
                    ready.append(other)
    return ready


def _garbage(store: Store, valid: Mapping[StoreName, object]) -> list[StoreName]:
    """Return what builds left that did not end: trees without facts, private folders."""
    found = set()
    for folder in (Path(store.root), store.inner(".tmp")):
        for name in os.listdir(folder):
            try:
                found.add(StoreName(name))
            except BadName:
                continue
    return sorted(name for name in found if name not in valid or store.inner(".tmp", name).exists())


def _report(
    store: Store,
    references: Mapping[StoreName, object],
    reasons: Mapping[StoreName, Path | StoreName],
    dead: Sequence[StoreName],
    garbage: Sequence[StoreName],
    gone: tuple[Path, ...],
    dry_run: bool,
) -> GcReport:
    going = {name: Dead(name, _size(store.path(name)), True) for name in dead}
    for name in garbage:
        places = [store.inner(".tmp", name)] + [store.path(name)] * (name not in references)
        going.setdefault(name, Dead(name, sum(map(_size, places)), False))
    return GcReport(
        tuple(going[name] for name in sorted(going)),
        tuple(Kept(name, reasons[name]) for name in sorted(reasons) if name in references),
        tuple(sorted(name for name in reasons if name not in references)),
        gone,
        dry_run,
    )


def _sweep(store: Store, dead: Sequence[StoreName], garbage: Sequence[StoreName]) -> None:
    for name in dead:
        store.meta_path(name).unlink()
    sync_folder(store.inner(".meta"))
    for name in dead:
        trash = store.inner(".trash", name)
        remove_tree(trash)
        if store.path(name).exists():
            move_tree(store.path(name), trash)
    for name in garbage:
        _discard(store, name)
    for left in os.listdir(store.inner(".trash")):
        remove_tree(store.inner(".trash", left))


def _discard(store: Store, name: StoreName) -> None:
    """Remove garbage unless a builder that outlived its command still holds the lock."""
    try:
        with hold(store.inner(".locks", name), wait=0):
            if store.is_valid(name):
                store.clear(name)
            else:
                store.quarantine(name)
    except LockHeld:
        return


def _size(path: Path) -> int:
    """Return what the files below a folder hold, in bytes; 0 if there is none."""
    total = 0
    waiting = [path] if path.is_dir() else []
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:  # only the figure suffers
            continue
    return total


def holders(lock: Path) -> str:
    """Say which processes hold a lock file, as far as this machine shows them."""
    try:
        inode = f":{lock.stat().st_ino}"
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return ""
    fields = [line.split() for line in lines]
    found = {row[4] for row in fields if row[1] == "FLOCK" and row[5].endswith(inode)}
    return ", ".join(f"pid {number}" for number in sorted(found, key=int))
