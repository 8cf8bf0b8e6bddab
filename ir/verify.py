"""What is legal in each stage, as one table of rules for each IR.

In: a whole IR. Out: the problems found: where, and a phrase. A rule is a small
function that yields (path, phrase); those of what is deployed stand in
`deploy_rules`. Types and names are `codec`'s concern; the rules say what a type
cannot: order, uniqueness, references that exist, names that follow from content,
stages that have passed. The pass manager verifies what it runs on request; an IR
that a user hands over is always verified.
"""

from collections.abc import Iterator, Mapping

from .closure import Closure
from .deploy_rules import BUNDLE, MANIFEST, PLAN
from .depth import deep
from .derivation import Derivation, DerivationGraph, store_name
from .diagnostics import Code, Diagnostic, ProgramError
from .names import ModuleName, StoreName
from .node import Document
from .package import Lowered
from .program import Program
from .rules import Problem, Rule, known, mentioned, merged, rising, unique, without
from .stack import Stack
from .text import Out, Secret, StorePath
from .value import RecordValue, TextValue

__all__ = ["RULES", "name_of", "require", "verify"]


# program -------------------------------------------------------------------


def program_sorted(program: Program) -> Iterator[Problem]:
    """Modules and members by name, edges by target, what the disk was asked for by its key."""
    yield from rising("modules", [module.name for module in program.modules])
    yield from rising("contents", [(entry.path, entry.exclude) for entry in program.contents])
    yield from rising("digests", [(entry.module, entry.member) for entry in program.digests])
    for at, module in enumerate(program.modules):
        yield from rising(f"modules[{at}].members", [member.name for member in module.members])
        yield from rising(f"modules[{at}].edges", [edge.target for edge in module.edges])


def program_records(program: Program) -> Iterator[Problem]:
    """The fields of every record by label, every text in its simplest form."""
    for at, module in enumerate(program.modules):
        for node in module.walk():
            path = f"modules[{at}]"
            if isinstance(node, RecordValue):
                yield from rising(path, [field.label for field in node.fields])
            elif isinstance(node, TextValue):
                yield from merged(path, node.text)


def program_references(program: Program) -> Iterator[Problem]:
    """Edges, digests and `out` name packages of the program."""
    packages = {module.name for module in program.modules if module.kind == "package"}
    yield from known("digests", [entry.module for entry in program.digests], packages, "package")
    for at, module in enumerate(program.modules):
        path = f"modules[{at}]"
        edges = [edge.target for edge in module.edges]
        yield from known(f"{path}.edges", edges, packages, "package")
        outs = [node.module for node in module.walk() if isinstance(node, Out)]
        yield from known(path, outs, packages, "package")


def program_symbolic(program: Program) -> Iterator[Problem]:
    """Nothing has a store name yet."""
    yield from without("modules", program, StorePath, "before 'address'")


# lowered -------------------------------------------------------------------


def lowered_sorted(lowered: Lowered) -> Iterator[Problem]:
    """Packages and stacks by module, inputs by module, environments by name."""
    yield from rising("packages", [package.module for package in lowered.packages])
    yield from rising("stacks", [stack.module for stack in lowered.stacks])
    for at, package in enumerate(lowered.packages):
        path = f"packages[{at}]"
        yield from rising(f"{path}.inputs", package.inputs)
        yield from rising(f"{path}.environment", [one.name for one in package.environment])
        if len(package.input_spans) != len(package.inputs):
            yield Problem(f"{path}.input_spans", "not one for each input")


def lowered_references(lowered: Lowered) -> Iterator[Problem]:
    """Inputs are packages, and what a build mentions is among its inputs."""
    packages = {package.module for package in lowered.packages}
    for at, package in enumerate(lowered.packages):
        yield from known(f"packages[{at}].inputs", package.inputs, packages, "package")
        outs = [node.module for node in package.walk() if isinstance(node, Out)]
        yield from known(f"packages[{at}]", outs, package.inputs, "input")


def lowered_symbolic(lowered: Lowered) -> Iterator[Problem]:
    """Nothing has a store name yet, and no build holds a secret."""
    yield from without("lowered", lowered, StorePath, "before 'address'")
    for at, package in enumerate(lowered.packages):
        yield from without(f"packages[{at}]", package, Secret, "in a build")


def lowered_stacks(lowered: Lowered) -> Iterator[Problem]:
    """Stacks name packages that are there."""
    packages = {package.module for package in lowered.packages}
    for at, stack in enumerate(lowered.stacks):
        yield from stack_rules(f"stacks[{at}]", stack, packages)
        outs = [node.module for node in stack.walk() if isinstance(node, Out)]
        yield from known(f"stacks[{at}]", outs, packages, "package")


def stack_rules(path: str, stack: Stack, packages: set[ModuleName]) -> Iterator[Problem]:
    """Pins and services name packages; service names are unique, files in order."""
    yield from rising(f"{path}.pins", stack.pins)
    yield from known(f"{path}.pins", stack.pins, packages, "package")
    services = [service.name for service in stack.services]
    yield from unique(f"{path}.services", services)
    yield from known(
        f"{path}.services", [one.package for one in stack.services], packages, "package"
    )
    yield from rising(f"{path}.config_files", [file.path for file in stack.config_files])
    names = set(services)
    for at, service in enumerate(stack.services):
        here = f"{path}.services[{at}]"
        yield from known(f"{here}.depends_on", service.depends_on, names, "service")
        yield from rising(f"{here}.environment", [one.name for one in service.environment])
        yield from rising(f"{here}.directives", [one.name for one in service.directives])


# derivation and closure ------------------------------------------------------


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


def name_of(one: Derivation) -> StoreName:
    """Compute the name that a derivation must have."""
    return store_name(
        one.pname,
        one.version,
        one.system,
        one.recipe,
        one.recipe_version,
        one.script,
        one.environment,
        one.source,
        one.vendor,
        one.inputs,
        one.network,
        one.source_only,
    )


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


# The tables -------------------------------------------------------------------

DERIVATIONS: tuple[Rule, ...] = (
    derivations_sorted,
    derivations_references,
    derivations_symbolic,
    derivations_names,
)

RULES: Mapping[str, tuple[Rule, ...]] = {
    "program": (program_sorted, program_records, program_references, program_symbolic),
    "lowered": (lowered_sorted, lowered_references, lowered_symbolic, lowered_stacks),
    "derivation": (*DERIVATIONS, graph_stacks),
    "closure": (*DERIVATIONS, closure_unique, closure_stacks),
    "bundle": BUNDLE,
    "plan": PLAN,
    "manifest": MANIFEST,
}
"""IR name → its rules; an IR that is not here has none."""


def verify(root: Document) -> list[Problem]:
    """Return every problem of a whole IR; an empty list means that it is legal."""
    rules = RULES.get(root.IR, ())
    with deep():
        return [problem for rule in rules for problem in rule(root)]


def require(root: Document, after: str | None = None) -> None:
    """Raise ProgramError with an E25 for each problem; `after` names the pass that made it."""
    what = f"pass '{after}' made" if after else "this is"
    found = [
        Diagnostic(Code.E25, f"{what} no valid '{root.IR}': {path}: {phrase}")
        for path, phrase in verify(root)
    ]
    if found:
        raise ProgramError(found, getattr(root, "sources", ()))
