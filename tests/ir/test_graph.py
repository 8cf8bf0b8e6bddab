"""Orders, rings and closures, held against networkx."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from punix.ir.graph import closure, components, rings, shortest_ring, topological

Graph = dict[str, list[str]]
NAMES = [f"n{number}" for number in range(8)]


def model(graph: Graph) -> "nx.DiGraph[str]":
    return nx.DiGraph(graph)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    order = draw(st.permutations(NAMES))
    return {name: sorted(draw(st.sets(st.sampled_from(NAMES), max_size=3))) for name in order}


@given(graphs())
def test_a_name_follows_what_it_points_to_and_rings_are_left_out(graph: Graph) -> None:
    order = topological(graph)
    for at, name in enumerate(order):
        assert set(graph[name]) <= set(order[:at])
    looped = {name for part in nx.simple_cycles(model(graph)) for name in part}
    assert set(order) == {name for name in graph if not closure(graph, [name]) & looped}


@given(graphs(), st.sets(st.sampled_from(NAMES)))
def test_the_closure_is_that_of_networkx(graph: Graph, roots: set[str]) -> None:
    wanted = set(roots).union(*(nx.descendants(model(graph), root) for root in roots))
    assert closure(graph, roots) == wanted


@given(graphs())
def test_there_is_one_shortest_ring_for_each_looped_part(graph: Graph) -> None:
    parts = [
        part
        for part in nx.strongly_connected_components(model(graph))
        if len(part) > 1 or any(name in graph[name] for name in part)
    ]
    found = rings(graph)
    assert [ring[0] for ring in found] == sorted(min(part) for part in parts)
    for ring in found:
        assert all(
            used in graph[user] for user, used in zip(ring, ring[1:] + ring[:1], strict=True)
        )
        assert len(set(ring)) == len(ring)


@given(graphs())
def test_rings_do_not_depend_on_the_order_of_names(graph: Graph) -> None:
    assert rings(graph) == rings(dict(sorted(graph.items())))


@given(graphs())
def test_components_are_those_of_networkx_after_what_they_point_to(graph: Graph) -> None:
    found = components(graph)
    wanted = nx.strongly_connected_components(model(graph))
    assert {frozenset(one) for one in found} == {frozenset(one) for one in wanted}
    place = {name: at for at, one in enumerate(found) for name in one}
    assert all(place[used] <= place[user] for user in graph for used in graph[user])


@given(graphs(), st.sampled_from(NAMES))
def test_a_ring_is_a_shortest_one(graph: Graph, start: str) -> None:
    found = shortest_ring(graph, start, graph.keys())
    lengths = nx.single_source_shortest_path_length(model(graph), start)
    through = [length + 1 for name, length in lengths.items() if start in graph[name]]
    assert len(found) == min(through, default=0)
    assert found[:1] in ([], [start])
    assert all(used in graph[user] for user, used in zip(found, found[1:] + found[:1], strict=True))


def test_long_chains_and_rings_need_no_recursion() -> None:
    size = 20_000
    chain = {str(at): [str(at + 1)] for at in range(size)} | {str(size): []}
    assert len(topological(chain)) == size + 1
    assert len(closure(chain, ["0"])) == size + 1
    (ring,) = rings(chain | {str(size): ["0"]})
    assert len(ring) == size + 1
    pairs = {
        f"{at}{side}": [f"{at}{'ab'[side == 'a']}", f"{at + 1}a"]
        for at in range(5000)
        for side in "ab"
    }
    assert len(rings(pairs | {"5000a": []})) == 5000
