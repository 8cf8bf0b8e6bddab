"""Which part of an expression does not have the type that is wanted, and how to say so.

In: an expression, its type and the wanted one, which do not unify. Out: a `Mismatch`: the
innermost part that is to blame, a phrase about it and a hint.
"""

from typing import NamedTuple

from ...ir.ast import Expr, ListLiteral, RecordLiteral
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ..suggestions.literals import suggest_literal
from ..symbols.references import Key, qualified
from .types import ListOf, RecordOf, Type, show, unify

__all__ = ["Mismatch", "mismatch"]


class Mismatch(NamedTuple):
    """The expression that does not fit, the place to show, and what to say."""

    expr: Expr
    span: Span
    message: str
    hint: str | None


def mismatch(key: Key, expr: Expr, found: Type, wanted: Type) -> Mismatch:
    """Say what keeps an expression from being a value of the member `key`."""
    expr, found, wanted = _culprit(expr, found, wanted)
    message = f"'{qualified(key)}' takes {show(wanted)}, found {show(found)}"
    if not isinstance(found, RecordOf) or not isinstance(wanted, RecordOf):
        return Mismatch(expr, expr.span, message, suggest_literal(show(wanted), expr))
    mine, yours = dict(found.fields), dict(wanted.fields)
    missing = [label for label in yours if label not in mine]
    odd = [label for label in mine if label not in yours]
    if odd and isinstance(expr, RecordLiteral):
        place = next(field.span for field in expr.fields if field.label == odd[0])
        hint = did_you_mean(odd[0], missing) or f"it has {', '.join(yours)}"
        return Mismatch(expr, place, f"unknown field '{odd[0]}' in '{qualified(key)}'", hint)
    return Mismatch(expr, expr.span, message, f"add {missing[0]} = …" if missing else None)


def _culprit(expr: Expr, found: Type, wanted: Type) -> tuple[Expr, Type, Type]:
    """Descend to the field of a record or the item of a list that alone does not fit."""
    while True:
        if isinstance(expr, RecordLiteral):
            parts = _odd_fields(expr, found, wanted)
        elif isinstance(expr, ListLiteral):
            parts = _odd_items(expr, found, wanted)
        else:
            break
        if len(parts) != 1:
            break
        ((expr, found, wanted),) = parts
    return expr, found, wanted


def _odd_fields(expr: RecordLiteral, found: Type, wanted: Type) -> list[tuple[Expr, Type, Type]]:
    if not isinstance(found, RecordOf) or not isinstance(wanted, RecordOf):
        return []
    mine, yours = dict(found.fields), dict(wanted.fields)
    if mine.keys() != yours.keys():
        return []
    return [
        (field.value, mine[field.label], yours[field.label])
        for field in expr.fields
        if unify(mine[field.label], yours[field.label]) is None
    ]


def _odd_items(expr: ListLiteral, found: Type, wanted: Type) -> list[tuple[Expr, Type, Type]]:
    if not isinstance(found, ListOf) or not isinstance(wanted, ListOf):
        return []
    return [(item, found.item, wanted.item) for item in expr.items[:1]]
