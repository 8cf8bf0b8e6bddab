"""Static types: structural, without subtypes.

In: type expressions. Out: `Type` values, which unify or do not, and their text.
`Path`, `Secret` and enums are `Str` here; what more they ask is asked of
evaluated values (`evaluation/refinements`).
"""

from bisect import bisect_left
from typing import TypeAlias

from ...ir.ast import EnumType, NamedType, TypeExpr
from ...ir.node import Frozen, frozen

__all__ = [
    "BOOL",
    "INT",
    "STR",
    "TOO_LARGE",
    "UNKNOWN",
    "Basic",
    "ListOf",
    "RecordOf",
    "Type",
    "Unknown",
    "declared_type",
    "element_of",
    "show",
    "unify",
]


@frozen
class Basic(Frozen):
    """`Bool`, `Int`, `Str`."""

    name: str


@frozen
class ListOf(Frozen):
    """`List[Str]`; the empty list is a list of `UNKNOWN`."""

    item: "Type"


@frozen
class RecordOf(Frozen):
    """`{ host: Str port: Int }`, sorted by label."""

    fields: tuple[tuple[str, "Type"], ...]

    def get(self, label: str) -> "Type | None":
        """Return the type of a field, None if the record lacks it."""
        at = bisect_left(self.fields, label, key=_label)
        found = self.fields[at] if at < len(self.fields) else None
        return found[1] if found and found[0] == label else None


def _label(field: "tuple[str, Type]") -> str:
    return field[0]


@frozen
class Unknown(Frozen):
    """Fits everything: the items of `[]`, what is checked by value, what an error left."""


Type: TypeAlias = Basic | ListOf | RecordOf | Unknown

BOOL, INT, STR, UNKNOWN = Basic("Bool"), Basic("Int"), Basic("Str"), Unknown()
TOO_LARGE = Unknown()
"""The type of a member whose size or depth is reported; compare by identity."""

NAMED = {"Bool": BOOL, "Int": INT, "Str": STR, "Path": STR, "Secret": STR}


def declared_type(expr: TypeExpr) -> Type:
    """Turn a type expression into a type."""
    if isinstance(expr, EnumType):
        return STR
    if isinstance(expr, NamedType):
        if expr.argument is not None:
            return ListOf(declared_type(expr.argument))
        return NAMED.get(expr.name, UNKNOWN)
    return RecordOf(
        tuple(sorted((field.label, declared_type(field.type)) for field in expr.fields))
    )


def unify(left: Type, right: Type) -> Type | None:
    """Return the type that both are, None if there is none."""
    if left is right or isinstance(right, Unknown):
        return left
    if isinstance(left, Unknown):
        return right
    if isinstance(left, ListOf) and isinstance(right, ListOf):
        item = unify(left.item, right.item)
        return None if item is None else ListOf(item)
    if isinstance(left, RecordOf) and isinstance(right, RecordOf):
        return _unify_records(left, right)
    return left if left == right else None


def _unify_records(left: RecordOf, right: RecordOf) -> Type | None:
    if len(left.fields) != len(right.fields):
        return None
    fields: list[tuple[str, Type]] = []
    for (label, mine), (other, yours) in zip(left.fields, right.fields, strict=True):
        both = unify(mine, yours) if label == other else None
        if both is None:
            return None
        fields.append((label, both))
    return RecordOf(tuple(fields))


def element_of(source: Type) -> Type | None:
    """Return the type of a `for`'s element; None if one cannot go over such a list."""
    if isinstance(source, Unknown):
        return UNKNOWN
    if not isinstance(source, ListOf):
        return None
    if isinstance(source.item, Unknown):
        return UNKNOWN
    if not isinstance(source.item, RecordOf):
        return None
    nested = any(isinstance(field, ListOf | RecordOf) for _, field in source.item.fields)
    return None if nested else source.item


def show(shown: Type) -> str:
    """Write a type as PCL does."""
    if isinstance(shown, Basic):
        return shown.name
    if isinstance(shown, ListOf):
        return "a list" if isinstance(shown.item, Unknown) else f"List[{show(shown.item)}]"
    if isinstance(shown, RecordOf):
        return "{" + ", ".join(f"{label}: {show(field)}" for label, field in shown.fields) + "}"
    return "anything"
