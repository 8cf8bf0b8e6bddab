"""Nearest names, and orders of need, against the obvious slow ways."""

from collections.abc import Iterable

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from punix.frontend.semantics.order import components, shortest_ring
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


graphs = st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4), max_size=10)


@given(graphs)
def test_components_are_those_of_networkx_needed_ones_first(graph: dict[int, list[int]]) -> None:
    whole = {node: graph.get(node, []) for node in range(10)}
    found = components(whole, lambda node: whole[node])
    expected: Iterable[set[int]] = nx.strongly_connected_components(nx.DiGraph(whole))
    assert {frozenset(one) for one in found} == {frozenset(one) for one in expected}
    place = {node: at for at, one in enumerate(found) for node in one}
    assert all(place[other] <= place[node] for node in whole for other in whole[node])


@given(graphs, st.integers(0, 9))
def test_a_ring_is_a_shortest_one(graph: dict[int, list[int]], start: int) -> None:
    found = shortest_ring(start, lambda node: graph.get(node, []))
    digraph: nx.DiGraph[int] = nx.DiGraph({node: graph.get(node, []) for node in range(10)})
    lengths = nx.single_source_shortest_path_length(digraph, start)
    through = [lengths[node] + 1 for node in lengths if start in graph.get(node, [])]
    assert (len(found) if found else None) == min(through, default=None)
    if found:
        assert found[0] == start
        edges = zip(found, [*found[1:], start], strict=True)
        assert all(other in graph.get(node, []) for node, other in edges)
