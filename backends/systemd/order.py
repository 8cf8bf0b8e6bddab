"""Services in an order in which each follows what it depends on.

In: the services of a stack. Out: the same, sorted topologically; where that
leaves a choice, as the program has them. Nothing recurses: a chain may be as
long as the stack.
"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from ...ir.diagnostics import Code, Collector, Label, way_round
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ...ir.stack import Service

__all__ = ["in_order"]


def in_order(services: Iterable[Service], found: Collector) -> list[Service]:
    """Sort services by dependsOn.

    Adds E2 for a service that is not there and E24 for a ring, with its sites;
    the services of a ring are left out.
    """
    table = {service.name: service for service in services}
    for service in table.values():
        _check_names(service, table, found)
    graph = {
        name: [other for other in service.depends_on if other in table]
        for name, service in table.items()
    }
    while True:
        try:
            order = tuple(TopologicalSorter(graph).static_order())
        except CycleError as problem:
            ring = _ring(problem.args[1])
            _report(ring, table, found)
            for name in ring:
                del graph[name]
        else:
            return [table[name] for name in order if name in graph]


def _check_names(service: Service, table: Mapping[str, Service], found: Collector) -> None:
    for name, span in zip(service.depends_on, service.depends_on_spans, strict=True):
        if name not in table:
            hint = did_you_mean(name, table)
            found.error(Code.E2, f"no service '{name}' in this stack", span, hint=hint)


def _ring(cycle: list[str]) -> list[str]:
    """Turn a cycle of predecessors, its first again at its end, into one of dependencies."""
    ring = cycle[:0:-1]
    least = ring.index(min(ring))
    return ring[least:] + ring[:least]


def _report(ring: list[str], table: Mapping[str, Service], found: Collector) -> None:
    if len(ring) == 1:
        site = _site(table[ring[0]], ring[0])
        found.error(Code.E24, f"service '{ring[0]}' depends on itself", site, hint="remove it")
        return
    steps = list(pairwise([*ring, ring[0]]))
    notes = [
        Label(_site(table[name], other), f"'{name}' depends on '{other}'")
        for name, other in steps[1:]
    ]
    message = f"services depend on each other in a ring: {way_round(ring)}"
    site, hint = _site(table[ring[0]], steps[0][1]), "take one out of its 'dependsOn'"
    found.error(Code.E24, message, site, notes=notes, hint=hint)


def _site(service: Service, other: str) -> Span:
    return service.depends_on_spans[service.depends_on.index(other)]
