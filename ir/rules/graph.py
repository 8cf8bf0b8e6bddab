"""What is legal once packages have their names: in a derivation graph and a closure.

In: one of them. Out: the problems found; see `ir/verify.py`.
"""

from collections.abc import Iterator

from ..closure import Closure
from ..derivation import DerivationGraph, name_of
from ..text import Out, Secret, StorePath
from .rule import Problem, Rule, known, mentioned, rising, unique, without
from .stack import stack_rules

__all__ = ["CLOSURE", "DERIVATION"]


def derivations_sorted(graph: DerivationGraph | Closure) -> Iterator[Problem]:
    """Derivations by name, then module; references by module; inputs by name."""
    yield from rising("derivations", [(one.name, one.module) for one in graph.derivations])
    yield from rising("packages", [ref.module for ref in graph.packages])
    for at, one in enumerate(graph.derivations):
        yield from rising(f"derivations[{at}].inputs", one.inputs)
        variables = [variable.name for variable in one.environment]
        yield from rising(f"derivations[{at}].environment", variables)


def derivations_references(graph: DerivationGraph | Closure) -> Iterator[Problem]:
    """Inputs and packages are derivations; what a build mentions is among its inputs."""
    names = {one.name for one in graph.derivations}
    yield from known("packages", [ref.name for ref in graph.packages], names, "derivation")
    modules = {ref.module for ref in graph.packages}
    yield from known("derivations", [one.module for one in graph.derivations], modules, "package")
    for at, one in enumerate(graph.derivations):
        yield from known(f"derivations[{at}].inputs", one.inputs, names, "derivation")
        paths = [node.name for node in one.walk() if isinstance(node, StorePath)]
        yield from known(f"derivations[{at}]", paths, one.inputs, "input")


def derivations_names(graph: DerivationGraph | Closure) -> Iterator[Problem]:
    """Each name follows from the build; all are for the graph's system."""
    for at, one in enumerate(graph.derivations):
        if one.name != name_of(one):
            yield Problem(f"derivations[{at}].name", f"'{one.name}' is not the name of this build")
        if one.system != graph.system:
            yield Problem(f"derivations[{at}].system", f"not '{graph.system}'")


def derivations_symbolic(graph: DerivationGraph | Closure) -> Iterator[Problem]:
    """Everything has its store name, and no build holds a secret."""
    yield from without("document", graph, Out, "after 'address'")
    for at, one in enumerate(graph.derivations):
        yield from without(f"derivations[{at}]", one, Secret, "in a build")


def graph_stacks(graph: DerivationGraph) -> Iterator[Problem]:
    """Stacks by module, naming packages and derivations that are there."""
    yield from rising("stacks", [stack.module for stack in graph.stacks])
    modules = {ref.module for ref in graph.packages}
    names = {one.name for one in graph.derivations}
    for at, stack in enumerate(graph.stacks):
        yield from stack_rules(f"stacks[{at}]", stack, modules)
        yield from known(f"stacks[{at}]", mentioned(stack), names, "derivation")


def closure_unique(closure: Closure) -> Iterator[Problem]:
    """Each name is built once."""
    yield from unique("derivations", [one.name for one in closure.derivations])


def closure_stacks(closure: Closure) -> Iterator[Problem]:
    """Roots hold all that a stack mentions; members hold the roots and are closed."""
    yield from rising("stacks", [one.stack.module for one in closure.stacks])
    names = {ref.module: ref.name for ref in closure.packages}
    inputs = {one.name: one.inputs for one in closure.derivations}
    for at, one in enumerate(closure.stacks):
        path = f"stacks[{at}]"
        yield from stack_rules(f"{path}.stack", one.stack, set(names))
        yield from rising(f"{path}.roots", one.roots)
        yield from rising(f"{path}.members", one.members)
        yield from known(f"{path}.members", one.members, inputs, "derivation")
        yield from known(f"{path}.roots", one.roots, set(one.members), "member")
        used = {*one.stack.pins, *(service.package for service in one.stack.services)}
        roots = [names[module] for module in sorted(used) if module in names]
        yield from known(path, [*roots, *mentioned(one.stack)], set(one.roots), "root")
        below = [name for member in one.members for name in inputs.get(member, ())]
        yield from known(path, below, set(one.members), "member")


BOTH: tuple[Rule, ...] = (
    derivations_sorted,
    derivations_references,
    derivations_symbolic,
    derivations_names,
)
DERIVATION: tuple[Rule, ...] = (*BOTH, graph_stacks)
CLOSURE: tuple[Rule, ...] = (*BOTH, closure_unique, closure_stacks)
