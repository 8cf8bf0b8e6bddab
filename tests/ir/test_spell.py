"""Nearest names, against the obvious slow way."""

from hypothesis import given
from hypothesis import strategies as st

from punix.ir.spell import Speller, distance

names = st.text("abc", min_size=0, max_size=8)


def test_distance_counts_a_swap_once() -> None:
    assert distance("recpie", "recipe") == 1
    assert distance("", "abc") == 3
    assert distance("kitten", "sitting") == 3


@given(names, names)
def test_distance_is_symmetric_and_bounded(left: str, right: str) -> None:
    found = distance(left, right)
    assert found == distance(right, left)
    assert abs(len(left) - len(right)) <= found <= max(len(left), len(right))
    assert (found == 0) == (left == right)


@given(names, st.lists(names, unique=True, max_size=12))
def test_the_nearest_is_the_smallest_of_the_nearest(name: str, others: list[str]) -> None:
    allowed = min(2, len(name) // 3)
    ranked = sorted((distance(name, other), other) for other in others if other != name)
    near = [pair for pair in ranked if pair[0] <= allowed and min(map(len, (name, pair[1]))) >= 3]
    found = Speller(others).nearest(name)
    if near and len(near[0][1]) >= 3 * near[0][0]:
        assert found is not None
        assert (distance(name, found), found) <= near[0]
    if found is not None:
        assert distance(name, found) <= allowed


def test_long_names_get_no_hint_and_cost_nothing() -> None:
    assert Speller(["a" * 100_000]).nearest("a" * 99_999) is None
