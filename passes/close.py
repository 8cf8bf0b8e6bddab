"""Pass `close`: for each stack what it uses, and all that this is built from.

In: a `DerivationGraph`. Out: a `Closure`: the derivations that some stack needs
(without stacks: all), and for each stack its roots and members. Run-time closures
are known only after building; this one is over what builds need.
"""

from collections.abc import Mapping
from typing import ClassVar

from ..ir.closure import Closure, StackClosure
from ..ir.derivation import DerivationGraph
from ..ir.graph import Adjacency, closure
from ..ir.names import StoreName
from ..ir.node import Frozen, frozen
from ..ir.stack import Stack
from .dedup import Dedup
from .prune import Prune, input_graph, package_names, stack_roots

__all__ = ["Close"]


@frozen
class Close(Frozen):
    """Compute the closure of each stack and leave out what none needs."""

    name: ClassVar[str] = "close"
    src: ClassVar[str] = "derivation"
    dst: ClassVar[str] = "closure"

    def run(self, graph: DerivationGraph) -> Closure:
        """Return the closure."""
        needed = Prune().run(Dedup().run(graph))
        names, inputs = package_names(needed), input_graph(needed)
        return Closure(
            needed.system,
            needed.bootstrap,
            needed.scenario,
            needed.program,
            needed.derivations,
            needed.packages,
            tuple(_close(stack, names, inputs) for stack in needed.stacks),
            needed.sources,
        )


def _close(
    stack: Stack, names: Mapping[str, StoreName], inputs: Adjacency[StoreName]
) -> StackClosure:
    roots = set(stack_roots(stack, names))
    members = closure(inputs, roots)
    return StackClosure(stack, tuple(sorted(roots)), tuple(sorted(members)))
