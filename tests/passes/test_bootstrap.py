"""E9: which seeds each bootstrap mode refuses, in which packages, and where it says so."""

from dataclasses import replace
from typing import Any

import pytest
from programs import SPAN, module, program

from punix.ir.diagnostics import ProgramError
from punix.ir.names import ModuleName
from punix.ir.package import Bootstrap, Lowered
from punix.ir.program import Module
from punix.ir.span import Span
from punix.ir.text import Out
from punix.passes.bootstrap import BootstrapPolicy
from punix.passes.lower.lower import Lower
from punix.passes.manager import run
from punix.passes.pipeline import default
from punix.recipes.registry import RECIPES

COMMAND = {"command": "true"}
BREW = {"command": "cc -I$(brew --prefix omp)/include"}


def package(name: str, needs: tuple[str, ...] = (), **members: Any) -> Module:
    return module(name, {"recipe": "std.shell", "recipeArgs": COMMAND, **members}, needs)


def binary(name: str, pname: str, **members: Any) -> Module:
    return module(name, {"recipe": "std.binary", "pname": pname, **members})


SEEDS = [
    package("Fine"),
    package("Brew", recipeArgs=BREW),
    package("Net", network=True),
    binary("Tool", "tool"),
    binary("Rust", "rustc-bootstrap"),
    package("Strict", network=True, recipeArgs=BREW, meta={"bootstrap_policy": "source-only"}),
    package("Lax", network=True, meta={"bootstrap_policy": "any"}),
]


def lowered(modules: list[Module], mode: Bootstrap) -> Lowered:
    return Lower("x86_64-linux", mode, RECIPES).run(program(modules))


def refused(root: Lowered, *reached: str) -> list[str]:
    """Return 'module kind' for each E9."""
    try:
        assert BootstrapPolicy(reached or None).run(root) is root
    except ProgramError as problem:
        assert {str(one.code) for one in problem.diagnostics} == {"E9"}
        words = {"calls": "brew", "starts": "binary", "uses": "network"}
        parts = [one.message.split() for one in problem.diagnostics]
        return sorted(f"{part[1].strip(chr(39))} {words[part[2]]}" for part in parts)
    return []


@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("fast", []),
        ("seeded", ["Brew brew", "Tool binary"]),
        ("source", ["Brew brew", "Lax network", "Net network", "Rust binary", "Tool binary"]),
    ],
)
def test_each_mode_lists_all_that_it_refuses(mode: Bootstrap, more: list[str]) -> None:
    always = ["Strict brew", "Strict network"]
    assert refused(lowered(SEEDS, mode)) == sorted(more + always)


def test_bootstrappable_is_as_source() -> None:
    assert refused(lowered(SEEDS, "bootstrappable")) == refused(lowered(SEEDS, "source"))


def test_only_what_is_reached_is_refused() -> None:
    stack = module("S", {"backend": "systemd", "storeModules": ["User"]}, ["User"])
    text = module(
        "T",
        {
            "backend": "systemd",
            "configFiles": [{"path": "/etc/t", "content": (Out(ModuleName("Net")), "/x")}],
        },
        ["Net"],
    )
    service = {"name": "a", "package": "Tool", "binary": "tool"}
    served = module("V", {"backend": "systemd", "services": [service]}, ["Tool"])
    user = package("User", ("Brew", "Fine"))
    root = lowered([*SEEDS, user, stack, text, served], "source")
    assert refused(root, "Fine") == []
    assert refused(root, "User") == refused(root, "S") == ["Brew brew"]
    assert refused(root, "T") == ["Net network"]
    assert refused(root, "V", "Fine") == ["Tool binary"]
    assert BootstrapPolicy(()).run(root) is root


def test_a_name_that_is_not_there_has_a_hint() -> None:
    with pytest.raises(ProgramError, match=r"\[E26\] no package or stack 'Fin'\s+hint: .*'Fine'"):
        BootstrapPolicy(("Fin",)).run(lowered(SEEDS, "fast"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("brew --prefix", True),
        ("$(/opt/brew/bin/brew  --prefix x)", True),
        ("brew \\\n  --prefix x", True),
        ("homebrew --prefix", False),
        ("brew --prefixes", False),
        ("brew list; tool --prefix x", False),
    ],
)
def test_what_calls_brew(text: str, found: bool) -> None:
    root = lowered([package("P", recipeArgs={"command": text})], "seeded")
    assert bool(root.packages[0].seeds) is found


@pytest.mark.parametrize(
    "members",
    [
        {"recipeArgs": {"command": "true", "env": {"X": "$(brew --prefix)"}}},
        {"env": {"X": "$(brew --prefix)"}},
        {"recipeArgs": {"command": ("brew --prefix ", Out(ModuleName("Fine")))}},
        {"source": {"type": "fixed_output", "command": "brew --prefix", "hash": "0" * 64}},
        {"vendor": {"type": "fixed_output", "command": "brew --prefix", "hash": "0" * 64}},
    ],
)
def test_every_text_of_a_build_is_read(members: dict[str, Any]) -> None:
    assert refused(lowered([package("P", **members), package("Fine")], "seeded")) == ["P brew"]


def test_errors_stand_at_the_values_that_cause_them_and_say_what_helps() -> None:
    here = Span(SPAN.file, 7, 9)
    made = binary("Tool", "tool")
    members = tuple(
        replace(one, value=replace(one.value, span=here)) if one.name == "recipe" else one
        for one in made.members
    )
    with pytest.raises(ProgramError) as caught:
        BootstrapPolicy().run(lowered([replace(made, members=members)], "seeded"))
    (error,) = caught.value.diagnostics
    assert error.span == here
    assert error.message == (
        "package 'Tool' starts from ready-made programs, which mode 'seeded' refuses"
    )
    assert error.hint == "build it from its source, or allow it with --bootstrap fast"


def test_the_mode_changes_no_name_and_the_packages_own_policy_does() -> None:
    def names(mode: Bootstrap, modules: list[Module]) -> set[str]:
        found = run(default("x86_64-linux", mode, RECIPES, ()), program(modules))
        return {one.name for one in found.derivations}

    plain, strict = package("P"), package("P", meta={"bootstrap_policy": "source-only"})
    assert names("fast", [plain]) == names("source", [plain])
    assert names("fast", [plain]).isdisjoint(names("fast", [strict]))
