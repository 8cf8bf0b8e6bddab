"""Pass `lower`: from values to typed records, with each package's recipe run.

In: a `Program` whose source digests are known. Out: `Lowered`: packages with
script, environment, source and inputs; stacks with services and files. All
errors of all modules are reported at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..ir.codec import identity
from ..ir.depth import deep
from ..ir.diagnostics import Collector, ProgramError
from ..ir.names import ModuleName
from ..ir.package import Bootstrap, Lowered, Package
from ..ir.program import Module, Program
from ..ir.recipe import Recipe
from ..ir.stack import Stack
from .lower_package import Surroundings, lower_package, pname_of
from .lower_stack import lower_stack

__all__ = ["Lower"]


@dataclass(frozen=True, slots=True)
class Lower:
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
        with deep():
            packages = self._packages(program, found)
            stacks = _stacks(program, found)
            found.raise_errors(program.sources)
            return Lowered(
                self.system,
                self.bootstrap,
                program.scenario,
                identity(program),
                tuple(packages),
                tuple(stacks),
                program.sources,
            )

    def _packages(self, program: Program, found: Collector) -> list[Package]:
        modules = [module for module in program.modules if module.kind == "package"]
        around = Surroundings(
            self.system,
            self.recipes,
            {entry.module: entry.digest for entry in program.digests},
            {module.name: pname_of(module) for module in modules},
        )
        packages: list[Package] = []
        for module in modules:
            try:
                packages.append(lower_package(module, around))
            except ProgramError as problem:
                _keep(problem, found)
        return packages


def _stacks(program: Program, found: Collector) -> list[Stack]:
    modules: dict[ModuleName, Module] = {module.name: module for module in program.modules}
    stacks: list[Stack] = []
    for module in program.modules:
        if module.kind != "stack":
            continue
        try:
            stacks.append(lower_stack(module, modules))
        except ProgramError as problem:
            _keep(problem, found)
    return stacks


def _keep(problem: ProgramError, found: Collector) -> None:
    for diagnostic in problem.diagnostics:
        found.add(diagnostic)
