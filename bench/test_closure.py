"""The closure path: order, rings and closures, beside networkx."""

import networkx as nx
import pytest
from graphs import adjacency
from timing import Measure

from punix.ir.graph import Adjacency, closure, rings, topological

SIZES = [1_000, 10_000, 100_000]


def rounds(size: int) -> int:
    """Return how often to measure: what is short is disturbed more easily."""
    return max(9, 200_000 // size)


def as_networkx(graph: Adjacency[str]) -> "nx.DiGraph[str]":
    return nx.DiGraph({name: list(targets) for name, targets in graph.items()})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ["nx.descendants", "punix"])
def test_closure(measure: Measure, size: int, who: str) -> None:
    graph = adjacency(size)
    root = f"P{size - 1}"
    if who == "punix":
        measure(
            lambda: closure(graph, [root]),
            group="closure of a root",
            size=size,
            who=who,
            target=0.33,
            rounds=rounds(size),
        )
    else:
        made = as_networkx(graph)
        measure(
            lambda: nx.descendants(made, root),
            group="closure of a root",
            size=size,
            who=who,
            floor=True,
            rounds=rounds(size),
        )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("roots", [1, 200])
def test_many_roots(measure: Measure, size: int, roots: int) -> None:
    graph = adjacency(size)
    names = [f"P{size - 1 - at}" for at in range(roots)]
    measure(
        lambda: closure(graph, names),
        group="closure of 200 roots",
        size=size,
        who=f"{roots} root{'s' * (roots > 1)}",
        floor=roots == 1,
        target=None if roots == 1 else 1.5,
        rounds=rounds(size),
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ["nx.topological_sort", "punix"])
def test_order(measure: Measure, size: int, who: str) -> None:
    graph = adjacency(size)
    group = "topological order"
    if who == "punix":
        measure(
            lambda: topological(graph),
            group=group,
            size=size,
            who=who,
            target=1.0,
            rounds=rounds(size),
        )
    else:
        made = as_networkx(graph)
        measure(
            lambda: list(nx.topological_sort(made)),
            group=group,
            size=size,
            who=who,
            floor=True,
            rounds=rounds(size),
        )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ["nx.is_directed_acyclic_graph", "punix"])
def test_rings(measure: Measure, size: int, who: str) -> None:
    graph = adjacency(size)
    group = "no rings"
    if who == "punix":
        measure(
            lambda: rings(graph), group=group, size=size, who=who, target=1.0, rounds=rounds(size)
        )
    else:
        made = as_networkx(graph)
        measure(
            lambda: nx.is_directed_acyclic_graph(made),
            group=group,
            size=size,
            who=who,
            floor=True,
            rounds=rounds(size),
        )
