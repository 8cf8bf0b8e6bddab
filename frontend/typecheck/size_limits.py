"""How large a value or a type is when all of it is written out, and how deep it nests.

In: trees whose parts may be shared, because a reference copies nothing. Out: a
`Measure`, or in a person's words why a tree is too much for what walks it later:
thirty lines, each of which has the one before twice, would be a gigabyte, and a
chain of ten thousand lists, each in the next, deeper than any stack.
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from ...ir.depth import MAX_NESTING
from ...ir.value import ListValue, RecordValue, TextValue, Value
from .types import ListOf, RecordOf, Type

__all__ = ["MAX_SIZE", "PART", "TOO_LARGE", "Measure", "Measures"]

MAX_SIZE = 100_000_000
"""Code points of all texts, and PART for every value: about what its JSON would take."""

PART = 100

TOO_LARGE = f"too large (more than {MAX_SIZE:,} characters, written out)"
TOO_DEEP = f"nested too deep (more than {MAX_NESTING} levels)"

Tree: TypeAlias = Value | Type


class Measure(NamedTuple):
    """Size as MAX_SIZE counts it, and levels of lists and records."""

    size: int
    depth: int

    @property
    def problem(self) -> str | None:
        """Why nobody should walk this tree; None if all is well."""
        if self.depth > MAX_NESTING:
            return TOO_DEEP
        return TOO_LARGE if self.size > MAX_SIZE else None


class Measures:
    """Measures each shared part once; keeps what it knows, so that no identity comes twice."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Tree, Measure]] = {}

    def of(self, tree: Tree) -> Measure:
        """Measure a tree whose references lead to trees without a problem."""
        parts = _parts(tree)
        if parts is None:
            texts = tree.text if isinstance(tree, TextValue) else ()
            return Measure(PART + sum(len(part) for part in texts if isinstance(part, str)), 0)
        known = self._known.get(id(tree))
        if known is None:
            found = [self.of(part) for part in parts]
            size = PART + sum(part.size for part in found)
            depth = 1 + max((part.depth for part in found), default=0)
            known = self._known[id(tree)] = (tree, Measure(size, depth))
        return known[1]


def _parts(tree: Tree) -> Iterable[Tree] | None:
    """Return what is inside a list or record; None for a leaf."""
    if isinstance(tree, ListValue):
        return tree.items
    if isinstance(tree, RecordValue):
        return [field.value for field in tree.fields]
    if isinstance(tree, ListOf):
        return (tree.item,)
    return [field for _, field in tree.fields] if isinstance(tree, RecordOf) else None
