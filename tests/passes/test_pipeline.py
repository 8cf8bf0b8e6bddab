"""From a program to its closure: each stage as a golden file, and what names depend on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import SPAN, chain, module, program, richer, tutorial

from punix.ir.closure import Closure
from punix.ir.codec import dumps, envelope
from punix.ir.derivation import DerivationGraph
from punix.ir.diagnostics import ProgramError
from punix.ir.dump import render
from punix.ir.health import ExecCheck, Health
from punix.ir.names import Digest, ModuleName
from punix.ir.node import Document
from punix.ir.program import Program, SourceDigest
from punix.ir.span import Span
from punix.ir.stages import load_any
from punix.ir.text import Out, StorePath
from punix.ir.verify import verify
from punix.passes.close import Close
from punix.passes.dedup import Dedup
from punix.passes.manager import Misfit, Pass, check_order, run, steps
from punix.passes.pipeline import default
from punix.passes.prune import Prune
from punix.recipes.registry import RECIPES

DEFAULT = default("x86_64-linux", "seeded", RECIPES)
EXAMPLES: dict[str, Callable[[], Program]] = {"tutorial": tutorial, "richer": richer}
STAGES = ("program", "lowered", "derivation", "closure")


def reach(root: Document, src: str, stage: str) -> Any:
    return run(steps(DEFAULT, src, stage), root, verify=True)


def graph_of(root: Program) -> DerivationGraph:
    graph = reach(root, "program", "derivation")
    assert isinstance(graph, DerivationGraph)
    return graph


def names(root: Program) -> dict[str, str]:
    return {ref.module: ref.name for ref in graph_of(root).packages}


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("stage", STAGES)
def test_stage(example: str, stage: str, golden: Callable[[str, str], None]) -> None:
    made = reach(EXAMPLES[example](), "program", stage)
    golden(f"passes/{example}.{stage}.txt", render(envelope(made)))


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("store", [dumps, lambda root: render(envelope(root))])
def test_stop_store_resume(example: str, store: Callable[[Document], str]) -> None:
    whole = dumps(reach(EXAMPLES[example](), "program", "closure"))
    for stage in STAGES:
        stopped = reach(EXAMPLES[example](), "program", stage)
        assert dumps(reach(load_any(store(stopped)), stage, "closure")) == whole


def test_a_hook_sees_each_pass_and_the_clock_is_the_callers() -> None:
    seen: list[tuple[str, str, float]] = []
    ticks = iter(range(100))

    def hook(step: Pass, made: Document, seconds: float) -> None:
        seen.append((step.name, made.TAG, seconds))

    run(DEFAULT, tutorial(), hook=hook, clock=lambda: float(next(ticks)))
    assert seen == [
        ("lower", "lowered", 1.0),
        ("cycles", "lowered", 1.0),
        ("bootstrap", "lowered", 1.0),
        ("address", "derivation-graph", 1.0),
        ("dedup", "derivation-graph", 1.0),
        ("close", "closure", 1.0),
    ]


def test_a_pass_that_makes_an_invalid_ir_is_named() -> None:
    @dataclass(frozen=True)
    class Broken:
        name: ClassVar[str] = "broken"
        src: ClassVar[str] = "derivation"
        dst: ClassVar[str] = "derivation"

        def run(self, graph: DerivationGraph) -> DerivationGraph:
            return replace(graph, derivations=())

    with pytest.raises(ProgramError, match=r"\[E25\] pass 'broken' made no valid 'derivation'"):
        run((Broken(),), graph_of(tutorial()), verify=True)


def test_steps_and_their_order() -> None:
    assert [step.name for step in steps(DEFAULT, "lowered", "derivation")] == [
        "cycles",
        "bootstrap",
        "address",
        "dedup",
    ]
    with pytest.raises(Misfit, match="'program' comes before 'closure'"):
        steps(DEFAULT, "closure", "program")
    with pytest.raises(Misfit, match="no pass makes 'closur'; did you mean 'closure'"):
        steps(DEFAULT, "program", "closur")
    with pytest.raises(Misfit, match="pass 'close' takes 'derivation', not 'lowered'"):
        check_order((Close(),), "lowered")


# What names depend on --------------------------------------------------------


def moved(root: Program, offset: int) -> Program:
    """Return the same program written elsewhere."""
    text = dumps(root).replace(f'"{SPAN.file}",0,1', f'"other.pcl",{offset},{offset + 1}')
    again = load_any(text.replace(SPAN.file, "other.pcl"))
    assert isinstance(again, Program)
    assert again.modules[0].span == Span("other.pcl", offset, offset + 1)
    return again


@given(st.integers(2, 1000))
def test_names_do_not_depend_on_files_and_places(offset: int) -> None:
    assert graph_of(moved(richer(), offset)) == graph_of(richer())


def test_a_source_changes_the_names_of_what_is_built_from_it_and_no_others() -> None:
    before = names(richer())
    changed = replace(
        richer(), digests=(SourceDigest(richer().digests[0].module, "source", Digest("cd" * 32)),)
    )
    after = names(changed)
    assert {module for module in before if before[module] != after[module]} == {"Lib", "Tool"}


def package(name: str, pname: str, needs: tuple[str, ...] = (), **more: Any) -> Any:
    members = {"pname": pname, "recipe": "std.shell", "recipeArgs": {"command": "true"}, **more}
    return module(name, members, needs)


def test_names_do_not_depend_on_what_modules_are_called() -> None:
    one = names(program([package("A", "a"), package("B", "b", ("A",))]))
    two = names(program([package("Z", "a"), package("B", "b", ("Z",))]))
    assert (one["A"], one["B"]) == (two["Z"], two["B"])


def test_meta_is_not_hashed_and_everything_else_is() -> None:
    base = {"A": package("A", "a"), "B": package("B", "b", ("A",))}
    plain = names(program(base.values()))
    assert names(program([package("A", "a", meta={"x": "y"}), base["B"]])) == plain
    for other in (
        package("A", "c"),
        package("A", "a", version="1"),
        package("A", "a", env={"X": "y"}),
        package("A", "a", network=True),
        package("A", "a", recipeArgs={"command": "false"}),
        package("A", "a", source={"type": "git", "url": "./u", "rev": "v1"}),
    ):
        assert not set(names(program([other, base["B"]])).values()) & set(plain.values())
    elsewhere = run(default("aarch64-linux", "seeded", RECIPES), program(base.values()))
    assert not {ref.name for ref in elsewhere.packages} & set(plain.values())


# dedup, prune, close -----------------------------------------------------------


def test_equal_builds_happen_once_and_belong_to_the_smallest_module() -> None:
    graph = graph_of(
        program([package("B", "same"), package("A", "same"), package("C", "c", ("B",))])
    )
    assert [one.module for one in graph.derivations if one.pname == "same"] == ["A"]
    assert len({ref.name for ref in graph.packages if ref.module in "AB"}) == 1
    assert Dedup().run(graph) == graph


def test_prune_keeps_what_is_named_and_below() -> None:
    graph = graph_of(richer())
    kept = Prune(keep=("Tool",)).run(graph)
    assert [ref.module for ref in kept.packages] == ["Lib", "Tool"]
    assert [stack.module for stack in kept.stacks] == ["Back", "Front"]
    alone = Prune(keep=("Lib",)).run(graph)
    assert [ref.module for ref in alone.packages] == ["Lib"]
    assert [stack.module for stack in alone.stacks] == ["Back"]
    assert not verify(alone)


def test_what_only_a_check_starts_is_pinned_by_its_name() -> None:
    asked = {"exec": [(Out(ModuleName("B")), "/bin/ask"), "a b"], "settle": 0}
    service = {"name": "a", "package": "A", "binary": "a", "health": asked}
    stack = module("S", {"backend": "systemd", "services": [service]}, needs=["A", "B"])
    closure = reach(program([package("A", "a"), package("B", "b"), stack]), "program", "closure")
    names = {one.module: one.name for one in closure.packages}
    check = ExecCheck(((StorePath(names[ModuleName("B")]), "/bin/ask"), ("a b",)))
    assert closure.stacks[0].stack.services[0].health == Health(check, 10, 0)
    assert set(closure.stacks[0].roots) == set(names.values())


def test_prune_keeps_what_the_stacks_need_or_else_all() -> None:
    graph = graph_of(richer())
    assert [ref.module for ref in Prune().run(graph).packages] == ["Lib", "Tool"]
    bare = replace(graph, stacks=())
    assert Prune().run(bare) == bare


@pytest.mark.parametrize("name", ["Toll", "no module's name"])
def test_prune_of_a_module_that_is_not_there(name: str) -> None:
    with pytest.raises(ProgramError, match=r"\[E26\] no package"):
        Prune(keep=(name,)).run(graph_of(richer()))


def test_close_finds_the_roots_and_members_of_each_stack() -> None:
    closure = reach(richer(), "program", "closure")
    assert isinstance(closure, Closure)
    name: dict[str, str] = {ref.module: ref.name for ref in closure.packages}
    back, front = closure.stacks
    assert (back.roots, back.members) == ((name["Lib"],), (name["Lib"],))
    assert front.roots == front.members == tuple(sorted([name["Lib"], name["Tool"]]))


def test_a_stack_of_two_thousand_services() -> None:
    services = [{"name": f"s{at}", "package": "A", "binary": "x"} for at in range(2000)]
    stack = module("S", {"backend": "systemd", "services": services})
    closure = run(DEFAULT, program([package("A", "a"), stack]))
    assert len(closure.stacks[0].stack.services) == 2000


def test_passes_are_pure() -> None:
    before = dumps(richer())
    root = richer()
    assert dumps(run(DEFAULT, root)) == dumps(run(DEFAULT, root))
    assert dumps(root) == before


def test_a_chain_of_ten_thousand_packages() -> None:
    closure = run(DEFAULT, chain(10_000))
    assert len(closure.derivations) == 10_000
