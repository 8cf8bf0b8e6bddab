"""Graphs of names: the only file that knows networkx.

In: an adjacency, each name with the names that it points to (a package and its
inputs). Out: orders, rings and closures. All results are deterministic: they
follow the order of the names, never that of a set.

The functions that every command needs (order, rings, closure) work on the plain
adjacency, without recursion and in O(V+E), because importing networkx takes
longer than most commands; what is asked for less often is networkx's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    import networkx

__all__ = ["Adjacency", "closure", "generations", "model", "rings", "topological"]

Name = TypeVar("Name", bound=str)
Adjacency: TypeAlias = Mapping[Name, Sequence[Name]]
"""Every name is a key; every target is a key too."""


def topological(graph: Adjacency[Name]) -> list[Name]:
    """Order the names so that each follows all that it points to (Kahn 1962).

    Names on a ring, and those that reach one, are left out.
    """
    waiting = {name: len(targets) for name, targets in graph.items()}
    order = [name for name, count in waiting.items() if not count]
    pointed_by = reverse(graph)
    for users in map(pointed_by.__getitem__, order):  # `order` grows while it is read
        for name in users:
            left = waiting[name] - 1
            if left:
                waiting[name] = left
            else:
                order.append(name)
    return order


def reverse(graph: Adjacency[Name]) -> dict[Name, list[Name]]:
    """Return for each name the names that point to it."""
    result: dict[Name, list[Name]] = {name: [] for name in graph}
    for name, targets in graph.items():
        for target in targets:
            result[target].append(name)
    return result


def closure(graph: Adjacency[Name], roots: Iterable[Name]) -> set[Name]:
    """Return the roots and all that they reach: one traversal, however many roots."""
    seen = set(roots)
    waiting = list(seen)
    for targets in map(graph.__getitem__, waiting):  # `waiting` grows while it is read
        for target in targets:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def rings(graph: Adjacency[Name]) -> list[list[Name]]:
    """Return one shortest ring for each strongly connected part, through its smallest name.

    A ring starts at that name and does not repeat it at the end.
    """
    order = topological(graph)
    if len(order) == len(graph):
        return []
    ordered = set(order)
    rest = {
        name: [target for target in targets if target not in ordered]
        for name, targets in graph.items()
        if name not in ordered
    }
    parts = ({*part} for part in components(rest))
    found = [_ring(rest, min(part), part) for part in parts]
    return sorted(ring for ring in found if ring)


def _ring(graph: Adjacency[Name], start: Name, part: set[Name]) -> list[Name]:
    """Return the shortest way from `start` back to it inside `part`; empty if there is none."""
    before: dict[Name, Name] = {}
    waiting = [start]
    for name in waiting:  # grows while it is read
        for target in graph[name]:
            if target == start:
                return [*reversed([*_back(before, name)])]
            if target in part and target not in before:
                before[target] = name
                waiting.append(target)
    return []


def _back(before: Mapping[Name, Name], name: Name) -> Iterator[Name]:
    yield name
    while name in before:
        name = before[name]
        yield name


def components(graph: Adjacency[Name]) -> list[list[Name]]:
    """Return the strongly connected parts (Tarjan 1972, with a stack of its own)."""
    index: dict[Name, int] = {}
    low: dict[Name, int] = {}
    open_names: list[Name] = []
    is_open: set[Name] = set()
    parts: list[list[Name]] = []
    for root in graph:
        calls = [] if root in index else [(root, iter(graph[root]))]
        while calls:
            name, targets = calls[-1]
            if name not in index:
                index[name] = low[name] = len(index)
                open_names.append(name)
                is_open.add(name)
            for target in targets:
                if target not in index:
                    calls.append((target, iter(graph[target])))
                    break
                if target in is_open:
                    low[name] = min(low[name], index[target])
            else:
                calls.pop()
                if calls:
                    caller = calls[-1][0]
                    low[caller] = min(low[caller], low[name])
                if low[name] == index[name]:
                    part = list(_pop_to(open_names, name))
                    is_open.difference_update(part)
                    parts.append(part)
    return parts


def _pop_to(stack: list[Name], last: Name) -> Iterator[Name]:
    """Take names off a stack up to and with `last`."""
    name = None
    while name != last:
        name = stack.pop()
        yield name


def model(graph: Adjacency[Name]) -> "networkx.DiGraph[Name]":
    """Return the graph as networkx's, for whatever else one wants to know about it."""
    import networkx  # 130 ms: only who asks for it pays

    result: networkx.DiGraph[Name] = networkx.DiGraph()
    result.add_nodes_from(graph)
    result.add_edges_from((name, target) for name, targets in graph.items() for target in targets)
    return result


def generations(graph: Adjacency[Name]) -> list[list[Name]]:
    """Return what can be built at once, first things first; each generation is sorted.

    Raises networkx.NetworkXUnfeasible if there is a ring.
    """
    import networkx  # as above

    return [sorted(part) for part in networkx.topological_generations(model(graph).reverse())]
