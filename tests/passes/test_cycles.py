"""E7: the whole ring, from its smallest module, with a site for each edge."""

from dataclasses import replace

import pytest
from programs import SPAN, module, program

from punix.ir.diagnostics import Collector, ProgramError, render
from punix.ir.names import ModuleName
from punix.ir.program import Module, Program
from punix.ir.span import Span
from punix.passes.address import Address
from punix.passes.cycles import Cycles, check_cycles, package_rings
from punix.passes.lower.lower import Lower
from punix.recipes.registry import RECIPES


def package(name: str, at: int, *needs: str) -> Module:
    """Return a package whose n-th reference stands at column 100 × at + n."""
    members = {"recipe": "std.shell", "recipeArgs": {"command": "true"}}
    made = module(name, members, needs, span=Span(SPAN.file, 100 * at, 100 * at + 1))
    edges = tuple(
        replace(edge, span=Span(SPAN.file, 100 * at + n, 100 * at + n + 1))
        for n, edge in enumerate(made.edges, 1)
    )
    return replace(made, edges=edges)


TANGLE = program(
    [
        package("A", 1, "B", "D"),
        package("B", 2, "C"),
        package("C", 3, "A"),
        package("D", 4),
        package("E", 5, "A", "E"),
        package("Stack", 6),
    ]
)
WANTED = [
    "dir/hello.pcl:1:102: error: [E7] packages need each other: 'A' → 'B' → 'C' → 'A'",
    "dir/hello.pcl:1:202: note: 'B' needs 'C' here",
    "dir/hello.pcl:1:302: note: 'C' needs 'A' here",
    "  hint: take one of these references out",
    "dir/hello.pcl:1:503: error: [E7] package 'E' depends on itself",
    "  hint: remove it",
]


def test_a_program_shows_its_rings() -> None:
    found = Collector()
    check_cycles(TANGLE, found)
    assert render(found.sorted(), TANGLE.sources) == WANTED
    assert package_rings(TANGLE) == [["A", "B", "C"], ["E"]]


def lower(root: Program) -> object:
    return Lower("x86_64-linux", "seeded", RECIPES).run(root)


@pytest.mark.parametrize("step", [Cycles(), Address()])
def test_lowered_packages_show_the_same(step: Cycles | Address) -> None:
    with pytest.raises(ProgramError) as caught:
        step.run(lower(TANGLE))  # type: ignore[arg-type]
    assert render(caught.value.diagnostics, caught.value.sources) == WANTED


def test_what_has_no_ring_passes() -> None:
    straight = program([package("A", 1, "B"), package("B", 2)])
    assert package_rings(straight) == []
    lowered = Lower("x86_64-linux", "seeded", RECIPES).run(straight)
    assert Cycles().run(lowered) is lowered
    assert [one.inputs for one in lowered.packages] == [(ModuleName("B"),), ()]
