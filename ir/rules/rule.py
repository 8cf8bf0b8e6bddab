"""What the rules of an IR are made of.

In: parts of an IR, each with its path. Out: `Problem`s. A rule is a small function that
yields them.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from ..names import StoreName
from ..node import Node
from ..text import StorePath, Text

__all__ = ["Problem", "Rule", "known", "mentioned", "merged", "rising", "unique", "without"]


class Problem(NamedTuple):
    """One rule broken: the path of the offending part, and why it may not be so."""

    path: str
    phrase: str


Rule: TypeAlias = Callable[[Any], Iterable[Problem]]


def rising(path: str, keys: Sequence[Any]) -> Iterator[Problem]:
    """Keys are sorted and unique."""
    for at in range(1, len(keys)):
        if not keys[at - 1] < keys[at]:
            why = "twice" if keys[at - 1] == keys[at] else "not sorted"
            yield Problem(f"{path}[{at}]", f"'{_shown(keys[at])}' is {why}")


def _shown(key: object) -> object:
    return key[0] if isinstance(key, tuple) else key


def unique(path: str, keys: Iterable[Hashable]) -> Iterator[Problem]:
    """No key occurs twice."""
    seen: set[Hashable] = set()
    for at, key in enumerate(keys):
        if key in seen:
            yield Problem(f"{path}[{at}]", f"'{key}' is twice")
        seen.add(key)


def known(path: str, names: Iterable[str], table: Iterable[str], what: str) -> Iterator[Problem]:
    """Every name is in the table."""
    allowed = table if isinstance(table, set | frozenset | dict) else set(table)
    for at, name in enumerate(names):
        if name not in allowed:
            yield Problem(f"{path}[{at}]", f"no {what} '{name}'")


def merged(path: str, text: Text) -> Iterator[Problem]:
    """A text has no empty literal and no two literals side by side."""
    for at, part in enumerate(text):
        if part == "" or (at and isinstance(part, str) and isinstance(text[at - 1], str)):
            yield Problem(f"{path}[{at}]", "a text that is not in its simplest form")


def without(path: str, root: Node, kind: type[Node], why: str) -> Iterator[Problem]:
    """No node of a kind stands below `root`."""
    if any(isinstance(node, kind) for node in root.walk()):
        yield Problem(path, f"{kind.TAG} {why}")


def mentioned(root: Node) -> list[StoreName]:
    """List the store names in the texts below a node."""
    return [node.name for node in root.walk() if isinstance(node, StorePath)]
