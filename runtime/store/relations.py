"""How the entries of a store hang together.

In: a store and names of entries. Out: what each of a closure refers to, the shortest
chain from one entry to another, the place in an entry that mentions another, and what came
into a closure or left it.

Closures are read from the facts and not from the index: 10 µs for each path is little
enough, and the files are the truth.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ...ir.names import StoreName
from ..files.walk import Found, walk
from .references import HASH_LENGTH
from .store import Store

__all__ = ["ClosureChange", "Link", "chain", "changed_closure", "graph", "mentioned_in"]

CHUNK = 1 << 20


class Link(NamedTuple):
    """One step of a chain: an entry, what it mentions, and the first path in it that does so.

    `place` is relative to the entry; None if no file mentions it.
    """

    user: StoreName
    used: StoreName
    place: str | None


class ClosureChange(NamedTuple):
    """The closures' sizes, and the entries that only the new or only the old one has; sorted."""

    before: int
    after: int
    added: tuple[StoreName, ...]
    removed: tuple[StoreName, ...]


def graph(
    roots: Iterable[StoreName], uses: Callable[[StoreName], Sequence[StoreName]]
) -> dict[StoreName, Sequence[StoreName]]:
    """Return everything that is reached from some names, sorted, with what it uses directly."""
    found: dict[StoreName, Sequence[StoreName]] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = uses(name)
            waiting.extend(found[name])
    return dict(sorted(found.items()))


def changed_closure(store: Store, old: StoreName, new: StoreName) -> ClosureChange:
    """Compare two run-time closures. Raises as `Store.closure` does."""
    before, after = set(store.closure([old])), set(store.closure([new]))
    added, removed = tuple(sorted(after - before)), tuple(sorted(before - after))
    return ClosureChange(len(before), len(after), added, removed)


def chain(store: Store, user: StoreName, used: StoreName) -> list[Link] | None:
    """Return a shortest chain of mentions from one entry to another; None if there is none.

    Breadth first, and in the order of names, so that the answer is always the same one.
    Raises as `Store.references` does.
    """
    came_from = {user: user}
    level = [user]
    while level and used not in came_from:
        level = [
            other
            for name in level
            for other in store.references(name)
            if came_from.setdefault(other, name) is name
        ]
    return _links(store, came_from, user, used) if used in came_from else None


def _links(
    store: Store, came_from: Mapping[StoreName, StoreName], user: StoreName, used: StoreName
) -> list[Link]:
    links = []
    while used != user:
        before = came_from[used]
        links.append(Link(before, used, mentioned_in(store.path(before), used)))
        used = before
    return links[::-1]


def mentioned_in(tree: Path, name: StoreName) -> str | None:
    """Return the first path of a tree, by name, whose content, target or name has an entry's hash.

    Raises TreeError and OSError for what cannot be read.
    """
    wanted = name[:HASH_LENGTH].encode("ascii")
    return min((found.path for found in walk(tree) if _mentions(found, wanted)), default=None)


def _mentions(found: Found, wanted: bytes) -> bool:
    if wanted in os.fsencode(found.entry.name):
        return True
    if found.entry.is_symlink():
        return wanted in os.fsencode(os.readlink(found.entry.name, dir_fd=found.folder))
    return not found.is_folder and _holds(found, wanted)


def _holds(found: Found, wanted: bytes) -> bool:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    with open(os.open(found.entry.name, flags, dir_fd=found.folder), "rb") as file:
        end = b""
        while data := file.read(CHUNK):
            if wanted in end + data:
                return True
            end = (end + data)[1 - len(wanted) :]
    return False
