"""What stays: everything that a root reaches.

In: what each entry mentions, and the roots. Out: for each entry that stays why it does;
for one entry every root that keeps it, and through which entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ...ir.names import StoreName

__all__ = ["Chain", "References", "Root", "chains", "mark"]

References: TypeAlias = Mapping[StoreName, Sequence[StoreName]]
Kind: TypeAlias = Literal["generation", "journal", "pin", "process", "young"]


@dataclass(frozen=True, slots=True, order=True)
class Root:
    """Something outside the store's entries that keeps the entry `name`.

    `where` is the path of a manifest or journal, the name of a pin, `123 (hi)` for a
    process, and the time of the build (UTC, RFC 3339) for an entry that is young.
    """

    kind: Kind
    where: str
    name: StoreName

    def __str__(self) -> str:
        return f"{self.kind} {self.where}"


@dataclass(frozen=True, slots=True)
class Chain:
    """A root, and the way from its entry (first) to the one that was asked about (last)."""

    root: Root
    names: tuple[StoreName, ...]


def mark(references: References, roots: Iterable[Root]) -> dict[StoreName, Root | StoreName]:
    """Return why each entry stays, a root or a user: one traversal for any number of roots.

    What roots name and the store lacks is in it as well.
    """
    reasons: dict[StoreName, Root | StoreName] = {}
    for root in roots:
        reasons.setdefault(root.name, root)
    waiting = list(reasons)
    while waiting:
        user = waiting.pop()
        for name in references.get(user, ()):
            if name not in reasons:
                reasons[name] = user
                waiting.append(name)
    return reasons


def chains(references: References, roots: Iterable[Root], name: StoreName) -> list[Chain]:
    """Return each root that keeps an entry with a shortest way to it, sorted by root."""
    users: dict[StoreName, list[StoreName]] = {}
    for user, mentioned in references.items():
        for other in mentioned:
            users.setdefault(other, []).append(user)
    towards = {name: name}  # the next entry on the way to `name`
    reached = [name]
    for each in reached:
        for user in users.get(each, ()):
            if user not in towards:
                towards[user] = each
                reached.append(user)
    return [Chain(root, _way(towards, root.name)) for root in sorted(roots) if root.name in towards]


def _way(towards: Mapping[StoreName, StoreName], name: StoreName) -> tuple[StoreName, ...]:
    way = [name]
    while towards[way[-1]] != way[-1]:
        way.append(towards[way[-1]])
    return tuple(way)
