"""Pass `cycles`: a package that needs itself cannot be built.

In: `Lowered`, or a `Program` before lowering. Out: the same, or E7 for each
ring: the whole ring, with the site of each of its edges. A ring starts at the
smallest module name.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

from ..ir.diagnostics import Code, Collector, Diagnostic, Label, way_round
from ..ir.graph import rings
from ..ir.names import ModuleName
from ..ir.node import Frozen, frozen
from ..ir.package import Lowered
from ..ir.program import Program
from ..ir.span import Span

__all__ = ["Cycles", "check_cycles", "package_rings"]

EdgeSite = Callable[[ModuleName, ModuleName], Span]


@frozen
class Cycles(Frozen):
    """Refuse packages that depend on each other in a ring (E7)."""

    name: ClassVar[str] = "cycles"
    src: ClassVar[str] = "lowered"
    dst: ClassVar[str] = "lowered"

    def run(self, lowered: Lowered) -> Lowered:
        """Return what came in; raises ProgramError with one E7 for each ring."""
        found = Collector()
        adjacency = {package.module: package.inputs for package in lowered.packages}
        packages = {package.module: package for package in lowered.packages}

        def site(user: ModuleName, used: ModuleName) -> Span:
            package = packages[user]
            return package.input_spans[package.inputs.index(used)]

        for ring in rings(adjacency):
            found.add(_diagnostic(ring, site))
        found.raise_errors(lowered.sources)
        return lowered


def package_rings(program: Program) -> list[list[ModuleName]]:
    """Return the rings among a program's packages, each from its smallest module."""
    packages = {module.name: module for module in program.modules if module.kind == "package"}
    return rings(
        {
            name: [edge.target for edge in module.edges if edge.target in packages]
            for name, module in packages.items()
        }
    )


def check_cycles(program: Program, found: Collector) -> None:
    """Add an E7 for each ring among a program's packages."""
    modules = {module.name: module for module in program.modules}

    def site(user: ModuleName, used: ModuleName) -> Span:
        return next(edge.span for edge in modules[user].edges if edge.target == used)

    for ring in package_rings(program):
        found.add(_diagnostic(ring, site))


def _diagnostic(ring: Sequence[ModuleName], site: EdgeSite) -> Diagnostic:
    edges = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    if len(ring) == 1:
        message = f"package '{ring[0]}' depends on itself"
        return Diagnostic(Code.E7, message, site(*edges[0]), hint="remove it")
    way = way_round([f"'{name}'" for name in ring])
    notes = (Label(site(*edge), f"'{edge[0]}' needs '{edge[1]}' here") for edge in edges[1:])
    message, hint = f"packages need each other: {way}", "take one of these references out"
    return Diagnostic(Code.E7, message, site(*edges[0]), tuple(notes), hint)
