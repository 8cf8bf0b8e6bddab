"""The fold of contributions: order, grouping and repetition of offers do not matter."""

import random

from hypothesis import given
from hypothesis import strategies as st

from punix.frontend.evaluation.composition import Ranking, rank
from punix.frontend.symbols.declarations import Offer
from punix.ir.ast import IntLiteral, Rung
from punix.ir.span import Span

RUNGS: tuple[Rung, ...] = ("default", "plain", "force")


def offer(place: int, precedence: int) -> Offer:
    """An offer is one by its place; the same place always offers the same on the same rung."""
    span = Span("a.pcl", place, place + 1)
    expr = IntLiteral(place, span)
    return Offer("contribution", RUNGS[precedence - 1], precedence, "A", "A", expr, span, ())


offers = st.lists(st.builds(offer, st.integers(0, 12), st.integers(1, 3)), min_size=1).map(
    lambda many: list({one.span: one for one in many}.values())
)


def flat(found: Ranking) -> list[Offer]:
    return [*found.winning, *found.overridden]


@given(offers, st.randoms())
def test_order_does_not_matter(many: list[Offer], chance: random.Random) -> None:
    shuffled = list(many)
    chance.shuffle(shuffled)
    assert rank(shuffled) == rank(many)


@given(offers)
def test_repetition_does_not_matter(many: list[Offer]) -> None:
    assert rank([*many, *many]) == rank(many)
    assert rank(flat(rank(many))) == rank(many)


@given(offers, st.data())
def test_grouping_does_not_matter(many: list[Offer], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(many)))
    first, second = many[:at], many[at:]
    whole = rank(many)
    assert rank([*flat(rank(first)), *second]) == whole
    if second:
        assert rank([*first, *flat(rank(second))]) == whole


@given(offers)
def test_the_highest_rung_wins_whole(many: list[Offer]) -> None:
    found = rank(many)
    precedence = max(one.precedence for one in many)
    assert {one.precedence for one in found.winning} == {precedence}
    assert all(one.precedence < precedence for one in found.overridden)
    assert {one.span for one in flat(found)} == {one.span for one in many}
