"""Rings of values that stand on each other.

In: a ring of members and what each refers to. Out: one E2 that begins at the
smallest member and has a site for each edge.
"""

from collections.abc import Mapping, Sequence

from ..ir.diagnostics import Code, Collector, Label
from .references import Key, Use, name

__all__ = ["report_ring"]

SHOWN = 8
"""How many members of a ring the message names; the notes name all."""


def report_ring(
    ring: Sequence[Key], uses: Mapping[Key, Sequence[Use]], collector: Collector
) -> None:
    """Report members each of which refers to the next, and the last to the first."""
    first = ring.index(min(ring))
    turned = [*ring[first:], *ring[:first]]
    edges = list(zip(turned, [*turned[1:], turned[0]], strict=True))
    spans = [min(use.span for use in uses[key] if use.key == following) for key, following in edges]
    notes = [
        Label(span, f"which refers to '{name(following)}'")
        for span, (_, following) in zip(spans[1:], edges[1:], strict=True)
    ]
    names = [name(key) for key in turned[:SHOWN]]
    if len(turned) > SHOWN:
        names.append(f"… ({len(turned)} members)")
    message = f"values in a ring: {' → '.join([*names, name(turned[0])])}"
    collector.error(Code.E2, message, spans[0], notes=notes)
