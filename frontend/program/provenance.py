"""What a value is made of: from an evaluated member back to the references in it.

In: an `Ast` and the place of the offer that won. Out: the expression that was
offered, and what it refers to.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ...ir.ast import Ast, Expr, ListLiteral, RecordLiteral, Reference
from ...ir.diagnostics import Collector
from ...ir.span import Span
from ..symbols.declarations import Offer
from ..symbols.declare import declare
from ..symbols.references import Key, resolve, uses

__all__ = ["Ingredient", "ingredients", "offers"]


class Ingredient(NamedTuple):
    """A reference inside a value: the member that it names, the fields it takes of it, its place.

    `path` holds labels of records and, in decimal digits, indices of lists.
    """

    key: Key
    path: tuple[str, ...]
    span: Span


def offers(ast: Ast, key: Key, scenario: str | None) -> Mapping[Span, Offer]:
    """Return what the base and one scenario offer for a member, by place."""
    member = declare(ast, Collector()).find(key)
    return {offer.span: offer for offer in member.offered(scenario)} if member else {}


def ingredients(offer: Offer, path: tuple[str, ...]) -> list[Ingredient]:
    """Return what the part of an offer that `path` leads to is made of, in the order of places.

    Where the way leads through a reference, that reference with the rest of the way
    is the answer; through an `if` or `for`, all that it mentions.
    """
    expr, rest = _descend(offer.expr, path)
    if isinstance(expr, Reference):
        _, key, fields = resolve(expr, offer.home, ())
        return [Ingredient(key, (*fields, *rest), expr.span)]
    found = {Ingredient(use.key, (), use.span) for use in uses(expr, offer.home)}
    return sorted(found, key=lambda one: one.span)


def _descend(expr: Expr, path: tuple[str, ...]) -> tuple[Expr, tuple[str, ...]]:
    """Follow a way through literals; return where that ends and what is left of the way."""
    for at, step in enumerate(path):
        inner = None
        if isinstance(expr, RecordLiteral):
            inner = next((field.value for field in expr.fields if field.label == step), None)
        elif isinstance(expr, ListLiteral) and step.isdecimal() and int(step) < len(expr.items):
            inner = expr.items[int(step)]
        if inner is None:
            return expr, path[at:]
        expr = inner
    return expr, ()
