"""Which of the values that are offered for a member holds.

In: offers, in any order. Out: those on the highest rung, and those below. On
the highest rung all values must be equal, else E4 naming every site.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...ir.diagnostics import Code, Collector, Label
from ...ir.value import Value
from ..symbols.declarations import MemberDecl, Offer
from ..symbols.references import qualified

__all__ = ["Ranking", "agree", "rank"]


class Ranking(NamedTuple):
    """Offers on the highest rung and offers below it, each sorted by place."""

    winning: tuple[Offer, ...]
    overridden: tuple[Offer, ...]


def rank(offers: Sequence[Offer]) -> Ranking:
    """Sort offers out by rung.

    A fold over sets: neither order nor repetition of the offers matters.
    """
    if len(offers) == 1:
        return Ranking(tuple(offers), ())
    precedence = max((offer.precedence for offer in offers), default=0)
    places = {offer.span: offer for offer in offers}
    ranked = [places[span] for span in sorted(places)]
    top = tuple(offer for offer in ranked if offer.precedence == precedence)
    return Ranking(top, tuple(offer for offer in ranked if offer.precedence < precedence))


def agree(
    member: MemberDecl, found: Iterable[tuple[Offer, Value]], collector: Collector
) -> Value | None:
    """Return the value that all offers of the highest rung have; None after reporting E4.

    Of equal values it is the one that stands first.
    """
    pairs = sorted(found, key=lambda pair: pair[0].span)
    first = pairs[0][1]
    if all(value == first for _, value in pairs):
        return first
    *others, last = [offer for offer, _ in pairs]
    by = "" if last.site == last.home else f" by '{last.site}'"
    message = f"'{qualified(member.key)}' is set to different values on the rung '{last.rung}'{by}"
    notes = [Label(offer.span, f"also set here, by '{offer.site}'") for offer in others]
    hint = "keep one" if last.rung == "force" else "'force' makes one of them win"
    collector.error(Code.E4, message, last.span, notes=notes, hint=hint)
    return None
