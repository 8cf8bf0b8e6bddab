"""Pass `dedup`: equal builds happen once.

In and out: `DerivationGraph`. Two modules whose packages have the same store name
share one derivation, the one of the smallest module; both keep their reference.
"""

from dataclasses import replace
from typing import ClassVar

from ..ir.derivation import Derivation, DerivationGraph
from ..ir.names import StoreName
from ..ir.node import Frozen, frozen

__all__ = ["Dedup"]


@frozen
class Dedup(Frozen):
    """Keep one derivation for each store name, that of the smallest module."""

    name: ClassVar[str] = "dedup"
    src: ClassVar[str] = "derivation"
    dst: ClassVar[str] = "derivation"

    def run(self, graph: DerivationGraph) -> DerivationGraph:
        """Return the graph with unique names; derivations come sorted by name, then module."""
        first: dict[StoreName, Derivation] = {}
        for derivation in graph.derivations:
            first.setdefault(derivation.name, derivation)
        return replace(graph, derivations=tuple(first.values()))
