"""The fold of contributions: order, grouping and repetition of offers do not matter."""

import random

from hypothesis import given
from hypothesis import strategies as st

from punix.frontend.evaluation.composition import Standing, standing
from punix.frontend.symbols.declarations import Offer
from punix.ir.ast import IntLiteral, Rung
from punix.ir.span import Span

RUNGS: tuple[Rung, ...] = ("default", "plain", "force")


def offer(place: int, height: int) -> Offer:
    """An offer is one by its place; the same place always offers the same on the same rung."""
    span = Span("a.pcl", place, place + 1)
    expr = IntLiteral(place, span)
    return Offer("contribution", RUNGS[height - 1], height, "A", "A", expr, span, ())


offers = st.lists(st.builds(offer, st.integers(0, 12), st.integers(1, 3)), min_size=1).map(
    lambda many: list({one.span: one for one in many}.values())
)


def flat(found: Standing) -> list[Offer]:
    return [*found.top, *found.below]


@given(offers, st.randoms())
def test_order_does_not_matter(many: list[Offer], chance: random.Random) -> None:
    shuffled = list(many)
    chance.shuffle(shuffled)
    assert standing(shuffled) == standing(many)


@given(offers)
def test_repetition_does_not_matter(many: list[Offer]) -> None:
    assert standing([*many, *many]) == standing(many)
    assert standing(flat(standing(many))) == standing(many)


@given(offers, st.data())
def test_grouping_does_not_matter(many: list[Offer], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(many)))
    first, second = many[:at], many[at:]
    whole = standing(many)
    assert standing([*flat(standing(first)), *second]) == whole
    if second:
        assert standing([*first, *flat(standing(second))]) == whole


@given(offers)
def test_the_highest_rung_wins_whole(many: list[Offer]) -> None:
    found = standing(many)
    height = max(one.height for one in many)
    assert {one.height for one in found.top} == {height}
    assert all(one.height < height for one in found.below)
    assert {one.span for one in flat(found)} == {one.span for one in many}
