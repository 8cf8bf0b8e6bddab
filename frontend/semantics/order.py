"""In which order to take things that stand on one another.

In: nodes and what each needs. Out: strongly connected components, needed ones
first. Without recursion: the length of a chain is the user's.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

__all__ = ["components", "shortest_ring"]

T = TypeVar("T")


def components(nodes: Iterable[T], needs: Callable[[T], Sequence[T]]) -> list[list[T]]:
    """Return strongly connected components, each after those that it needs (Tarjan 1972).

    The result depends on the order of `nodes` and of what `needs` returns alone.
    """
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    open_nodes: list[T] = []
    is_open: set[T] = set()
    found: list[list[T]] = []
    for root in nodes:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_nodes.append(root)
        is_open.add(root)
        path = [(root, iter(needs(root)))]
        while path:
            node, rest = path[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    open_nodes.append(other)
                    is_open.add(other)
                    path.append((other, iter(needs(other))))
                    break
                if other in is_open:
                    low[node] = min(low[node], index[other])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    found.append(_close(node, open_nodes, is_open))
    return found


def _close(node: T, open_nodes: list[T], is_open: set[T]) -> list[T]:
    """Take a finished component off the stack of open nodes."""
    members: list[T] = []
    while not members or members[-1] != node:
        members.append(open_nodes.pop())
        is_open.discard(members[-1])
    return members


def shortest_ring(start: T, needs: Callable[[T], Iterable[T]]) -> list[T] | None:
    """Return the nodes of a shortest way from `start` back to itself; None if there is none."""
    came: dict[T, T] = {}
    waiting = [start]
    for node in waiting:
        for other in needs(node):
            if other == start:
                return _way(start, node, came)
            if other not in came:
                came[other] = node
                waiting.append(other)
    return None


def _way(start: T, end: T, came: dict[T, T]) -> list[T]:
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]
