"""Cycles of values that stand on each other.

In: a cycle of members and what each refers to. Out: one E2 that begins at the
smallest member and has a site for each edge.
"""

from collections.abc import Mapping, Sequence

from ...ir.diagnostics import Code, Collector, Label, way_round
from .declarations import Offer
from .references import Key, qualified

__all__ = ["report_cycle"]


def report_cycle(
    cycle: Sequence[Key], offers: Mapping[Key, Sequence[Offer]], collector: Collector
) -> None:
    """Report members each of which refers to the next, and the last to the first."""
    first = cycle.index(min(cycle))
    turned = [*cycle[first:], *cycle[:first]]
    sites: list[Label] = []
    for key, following in zip(turned, [*turned[1:], turned[0]], strict=True):
        for offer in offers[key]:
            spans = [use.span for use in offer.uses if use.key == following]
            if spans:
                sites.append(Label(min(spans), f"which refers to '{qualified(following)}'"))
    message = f"values in a ring: {way_round(list(map(qualified, turned)))}"
    hint = "give one of them a value of its own" if len(turned) > 1 else "it needs another value"
    collector.error(Code.E2, message, sites[0].span, notes=sites[1:], hint=hint)
