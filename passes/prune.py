"""Pass `prune`: only what is asked for, and what that is built from.

In and out: `DerivationGraph`. Also what a stack needs, which `close` asks too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from ..ir.closure import Closure
from ..ir.derivation import DerivationGraph
from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.graph import closure
from ..ir.names import StoreName
from ..ir.node import Frozen, frozen
from ..ir.spell import did_you_mean
from ..ir.stack import Stack
from ..ir.text import StorePath

__all__ = ["Prune", "input_graph", "package_names", "stack_roots"]


@frozen
class Prune(Frozen):
    """Keep what the packages of the modules `keep` need; by default, what the stacks need."""

    name: ClassVar[str] = "prune"
    src: ClassVar[str] = "derivation"
    dst: ClassVar[str] = "derivation"

    keep: tuple[str, ...] = ()

    def run(self, graph: DerivationGraph) -> DerivationGraph:
        """Return the smaller graph; raises ProgramError (E26) for a module without a package.

        Named modules leave no stack whose packages would be gone. Without any, and
        without a stack, everything stays.
        """
        if self.keep:
            names = package_names(graph)
            return restrict(graph, [_named(module, names) for module in self.keep])
        if graph.stacks:
            return restrict(graph, all_roots(graph))
        return graph


def package_names(graph: DerivationGraph | Closure) -> dict[str, StoreName]:
    """Return the store name of each module's package."""
    return {ref.module: ref.name for ref in graph.packages}


def _named(module: str, names: Mapping[str, StoreName]) -> StoreName:
    name = names.get(module)
    if name is None:
        hint = did_you_mean(module, names)
        raise ProgramError([Diagnostic(Code.E26, f"no package '{module}'", hint=hint)])
    return name


def all_roots(graph: DerivationGraph) -> set[StoreName]:
    """Return the roots of all stacks."""
    names = package_names(graph)
    return {root for stack in graph.stacks for root in stack_roots(stack, names)}


def restrict(graph: DerivationGraph, roots: Iterable[StoreName]) -> DerivationGraph:
    """Keep the closure of `roots`, and the stacks that need nothing else."""
    names = package_names(graph)
    kept = closure(input_graph(graph), roots)
    return replace(
        graph,
        derivations=tuple(one for one in graph.derivations if one.name in kept),
        packages=tuple(ref for ref in graph.packages if ref.name in kept),
        stacks=tuple(one for one in graph.stacks if kept.issuperset(stack_roots(one, names))),
    )


def input_graph(graph: DerivationGraph) -> dict[StoreName, tuple[StoreName, ...]]:
    """Return each derivation's inputs by name."""
    return {one.name: one.inputs for one in graph.derivations}


def stack_roots(stack: Stack, names: Mapping[str, StoreName]) -> Iterator[StoreName]:
    """Yield what a stack uses: pins, its services' packages, every store path in its texts."""
    yield from (names[module] for module in stack.pins)
    for service in stack.services:
        yield names[service.package]
    for text in stack.texts():
        yield from (part.name for part in text if isinstance(part, StorePath))
