"""Pass `close`: for each stack what it uses, and all that this is built from.

In: a `DerivationGraph`. Out: a `Closure`: the derivations that some stack needs
(without stacks: all), and for each stack its roots and members. Run-time closures
are known only after building; this one is over what builds need.
"""

from typing import ClassVar

from ..ir.closure import Closure, StackClosure
from ..ir.derivation import DerivationGraph
from ..ir.graph import closure
from ..ir.node import Frozen, frozen
from ..ir.stack import Stack
from .dedup import Dedup
from .prune import Prune, input_graph, stack_roots

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
        return Closure(
            needed.system,
            needed.bootstrap,
            needed.scenario,
            needed.program,
            needed.derivations,
            needed.packages,
            tuple(_close(stack, needed) for stack in needed.stacks),
            needed.sources,
        )


def _close(stack: Stack, graph: DerivationGraph) -> StackClosure:
    names = {ref.module: ref.name for ref in graph.packages}
    roots = set(stack_roots(stack, names))
    members = closure(input_graph(graph), roots)
    return StackClosure(stack, tuple(sorted(roots)), tuple(sorted(members)))
