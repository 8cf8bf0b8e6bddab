"""Removing entries so that a crash at any moment leaves a store of whole entries.

In: what is to go. Out: a store without it. Facts go before trees, users before what they
use, so at every moment the closure of a valid entry is valid; what an earlier gc or build
left half-done goes as well. The caller holds `gc.lock` alone.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import NamedTuple

from ...ir.names import BadName, StoreName
from ..files.fs import move_tree, sync_folder
from ..files.lock import LockHeld, hold
from ..files.remove import remove_tree
from .index import Holding
from .mark import References
from .store import Store

__all__ = ["Unfinished", "garbage", "in_order", "leftovers", "sweep"]


def in_order(dead: Collection[Holding], references: References) -> list[Holding]:
    """Put users before what they use, and among those that may go the oldest first.

    Entries never mention each other in a ring.
    """
    found = {one.name: one for one in dead}
    users = dict.fromkeys(found, 0)
    for name in found:
        for other in references[name]:
            if other in users:
                users[other] += 1
    ready = [(one.built_at, one.name) for one in dead if not users[one.name]]
    heapify(ready)
    order = []
    while ready:
        name = heappop(ready)[1]
        order.append(found[name])
        for other in references[name]:
            if other in users:
                users[other] -= 1
                if not users[other]:
                    heappush(ready, (found[other].built_at, other))
    return order


class Unfinished(NamedTuple):
    """What builds left that did not end: trees that are not valid, and folders of builds."""

    trees: tuple[StoreName, ...]
    builds: tuple[StoreName, ...]


def garbage(store: Store, kept: Collection[StoreName]) -> Unfinished:
    """Find what builds left; `kept` are the valid entries, and those that roots name.

    Not what somebody is making: a builder can outlive its command. A tree that was valid
    and is damaged may be in use still; with a root it waits for the build that replaces it.
    """
    trees = [name for name in _names(Path(store.root)) if name not in kept]
    return Unfinished(_idle(store, trees), _idle(store, _names(store.inner(".tmp"))))


def _idle(store: Store, names: Iterable[StoreName]) -> tuple[StoreName, ...]:
    return tuple(sorted(name for name in names if not _is_being_made(store, name)))


def _names(folder: Path) -> Iterator[StoreName]:
    for name in os.listdir(folder):
        try:
            yield StoreName(name)
        except BadName:
            continue


def _is_being_made(store: Store, name: StoreName) -> bool:
    if not store.inner(".locks", name).exists():
        return False
    try:
        with hold(store.inner(".locks", name), shared=True, wait=0):
            return False
    except LockHeld:
        return True


def leftovers(store: Store) -> list[Path]:
    """Return the temporary files of writers that were killed."""
    folders = map(store.inner, (".meta", ".roots", ".pins"))
    return [path for folder in folders for path in _listed(folder) if path.name[0] == "."]


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def sweep(store: Store, dead: Sequence[StoreName], unfinished: Unfinished) -> None:
    """Remove valid entries, which are `in_order`, and `garbage`; then whatever is left over."""
    for name in dead:
        store.meta_path(name).unlink()
    sync_folder(store.inner(".meta"))
    for name in dead:
        if os.path.lexists(store.path(name)):
            _throw_away(store, name)
    for name in unfinished.trees:
        with store.making(name):
            store.quarantine(name)
    for name in unfinished.builds:
        with store.making(name):
            store.clear(name)
    for left in _listed(store.inner(".trash")):
        remove_tree(left)
    for left in leftovers(store):
        left.unlink()


def _throw_away(store: Store, name: StoreName) -> None:
    trash = store.inner(".trash", name)
    remove_tree(trash)
    move_tree(store.path(name), trash)
