"""Pass `lower`: from values to typed records, with each package's recipe run.

In: a `Program` whose source digests are known. Out: `Lowered`: packages with
script, environment, source and inputs; stacks with services and files. All
errors of all modules are reported at once.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, TypeVar

from ...ir.codec import identity
from ...ir.depth import deep
from ...ir.diagnostics import Collector, ProgramError
from ...ir.names import Digest, ModuleName
from ...ir.node import Frozen, frozen
from ...ir.package import Bootstrap, Lowered, Package
from ...ir.program import Module, Program
from ...ir.recipe import Recipe
from ...ir.schema.package import PACKAGE
from ...ir.stack import Stack
from .package import Surroundings, empty_package, lower_package, pname_of
from .read import Fields
from .stack import lower_stack

__all__ = ["Lower"]

T = TypeVar("T")


@frozen
class Lower(Frozen):
    """Fill in defaults, run the recipes, find each package's inputs, type the stacks."""

    name: ClassVar[str] = "lower"
    src: ClassVar[str] = "program"
    dst: ClassVar[str] = "lowered"

    system: str
    bootstrap: Bootstrap
    recipes: Mapping[str, Recipe]

    def run(self, program: Program) -> Lowered:
        """Return the lowered program; raises ProgramError with everything that does not fit."""
        found = Collector()
        lowered = self.what_fits(program, identity(program), found)
        found.raise_errors(program.sources)
        return lowered

    def what_fits(self, program: Program, digest: Digest, found: Collector) -> Lowered:
        """Return the lowered program without stacks that do not fit, and collect why.

        `digest` is the program's identity, which takes its time and on which no error depends.
        A package that does not fit is there with an empty build, so that one who looks for
        errors can go on with the stacks that use it.
        """
        with deep():
            packages = self._packages(program, found)
            stacks = _stacks(program, found)
            return Lowered(
                self.system,
                self.bootstrap,
                program.scenario,
                digest,
                tuple(packages),
                tuple(stacks),
                program.sources,
            )

    def _packages(self, program: Program, found: Collector) -> list[Package]:
        modules = {module.name: module for module in program.modules if module.kind == "package"}
        fields = {name: Fields.of(module, PACKAGE) for name, module in modules.items()}
        pnames = _each(lambda one: pname_of(one, fields[one.name]), modules.values(), found)
        around = Surroundings(
            self.system,
            self.recipes,
            {(entry.module, entry.member): entry.digest for entry in program.digests},
            pnames,
        )
        named = [modules[name] for name in pnames]
        made = _each(lambda one: lower_package(one, fields[one.name], around), named, found)
        return [made.get(name) or empty_package(module) for name, module in modules.items()]


def _stacks(program: Program, found: Collector) -> list[Stack]:
    contents = {(one.path, one.exclude): one for one in program.contents}
    modules = {module.name: module for module in program.modules}
    stacks = [module for module in program.modules if module.kind == "stack"]
    return list(
        _each(lambda module: lower_stack(module, modules, contents), stacks, found).values()
    )


def _each(
    make: Callable[[Module], T], modules: Iterable[Module], found: Collector
) -> dict[ModuleName, T]:
    """Return what `make` gives for each module; what it raises is collected instead."""
    made: dict[ModuleName, T] = {}
    for module in modules:
        try:
            made[module.name] = make(module)
        except ProgramError as problem:
            found.extend(problem.diagnostics)
    return made
