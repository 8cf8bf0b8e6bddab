"""What is legal before packages have their names: in a program, and lowered.

In: one of them. Out: the problems found; see `ir/verify.py`.
"""

from collections.abc import Iterator

from ..package import Lowered
from ..program import Program
from ..text import Out, Secret, StorePath
from ..value import RecordValue, TextValue
from .rule import Problem, Rule, known, merged, rising, without
from .stack import stack_rules

__all__ = ["LOWERED", "PROGRAM"]


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


PROGRAM: tuple[Rule, ...] = (
    program_sorted,
    program_records,
    program_references,
    program_symbolic,
)
LOWERED: tuple[Rule, ...] = (lowered_sorted, lowered_references, lowered_symbolic, lowered_stacks)
