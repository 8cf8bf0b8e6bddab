"""Graphs: orders, rings and closures, without recursion and in O(V+E).

In: an adjacency, each node with those that it points to (a package and its inputs, a
member and what it refers to). Out: what follows the order of the nodes, never that of a
set. networkx, which would take longer to import than most commands take, is what tests
hold this against.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from typing import TypeAlias, TypeVar

__all__ = ["Adjacency", "closure", "components", "rings", "shortest_ring", "topological"]

Vertex = TypeVar("Vertex", bound=Hashable)
Name = TypeVar("Name", bound=str)
Adjacency: TypeAlias = Mapping[Vertex, Sequence[Vertex]]
"""Every node is a key; every target is a key too."""


def topological(graph: Adjacency[Vertex]) -> list[Vertex]:
    """Order the nodes so that each follows all that it points to (Kahn 1962).

    Those on a ring, and those that reach one, are left out.
    """
    waiting = {node: len(targets) for node, targets in graph.items()}
    order = [node for node, count in waiting.items() if not count]
    pointed_by = _reverse(graph)
    for users in map(pointed_by.__getitem__, order):  # `order` grows while it is read
        for node in users:
            left = waiting[node] - 1
            if left:
                waiting[node] = left
            else:
                order.append(node)
    return order


def _reverse(graph: Adjacency[Vertex]) -> dict[Vertex, list[Vertex]]:
    """Return for each node those that point to it."""
    result: dict[Vertex, list[Vertex]] = {node: [] for node in graph}
    for node, targets in graph.items():
        for target in targets:
            result[target].append(node)
    return result


def closure(graph: Adjacency[Vertex], roots: Iterable[Vertex]) -> set[Vertex]:
    """Return the roots and all that they reach: one traversal, however many roots."""
    seen = set(roots)
    waiting = list(seen)
    for targets in map(graph.__getitem__, waiting):  # `waiting` grows while it is read
        for target in targets:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def components(graph: Adjacency[Vertex]) -> list[list[Vertex]]:
    """Return strongly connected components, each after those that it points to (Tarjan 1972)."""
    index: dict[Vertex, int] = {}
    low: dict[Vertex, int] = {}
    open_nodes: list[Vertex] = []
    is_open: set[Vertex] = set()
    found: list[list[Vertex]] = []
    for root in graph:
        path = [] if root in index else [(root, iter(graph[root]))]
        while path:
            node, rest = path[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                open_nodes.append(node)
                is_open.add(node)
            for target in rest:
                if target not in index:
                    path.append((target, iter(graph[target])))
                    break
                if target in is_open:
                    low[node] = min(low[node], index[target])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    found.append(_close(node, open_nodes, is_open))
    return found


def _close(node: Vertex, open_nodes: list[Vertex], is_open: set[Vertex]) -> list[Vertex]:
    """Take a finished component off the stack of open nodes."""
    members: list[Vertex] = []
    while not members or members[-1] != node:
        members.append(open_nodes.pop())
        is_open.discard(members[-1])
    return members


def shortest_ring(graph: Adjacency[Vertex], start: Vertex, within: Set[Vertex]) -> list[Vertex]:
    """Return the nodes of a shortest way from `start` back to itself; none if there is no way.

    `within` are nodes that hold every such way, as the component of `start` does.
    """
    came: dict[Vertex, Vertex] = {}
    waiting = [start]
    for node in waiting:  # grows while it is read
        for target in graph[node]:
            if target == start:
                return _way(start, node, came)
            if target in within and target not in came:
                came[target] = node
                waiting.append(target)
    return []


def _way(start: Vertex, end: Vertex, came: Mapping[Vertex, Vertex]) -> list[Vertex]:
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]


def rings(graph: Adjacency[Name]) -> list[list[Name]]:
    """Return one shortest ring for each strongly connected component, through its smallest name.

    A ring starts at that name and does not repeat it at the end.
    """
    ordered = set(topological(graph))
    if len(ordered) == len(graph):
        return []
    rest = {
        name: [target for target in targets if target not in ordered]
        for name, targets in graph.items()
        if name not in ordered
    }
    found = [shortest_ring(rest, min(part), set(part)) for part in components(rest)]
    return sorted(ring for ring in found if ring)
