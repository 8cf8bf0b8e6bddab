"""Every rule of every stage, each broken once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from programs import DIGEST, SPAN, richer, tutorial

from punix.ir.bundle import Accounts, Bundle, BundleFile, Unit, UnitKind
from punix.ir.diagnostics import ProgramError
from punix.ir.health import ExecCheck, Health, TcpAddress, TcpCheck
from punix.ir.manifest import Manifest, ManifestFile, ManifestUnit
from punix.ir.names import AbsPath, Label, ModuleName, StoreName, UnitName
from punix.ir.node import Document
from punix.ir.plan import FileChange, Plan, UnitAction
from punix.ir.program import Edge
from punix.ir.text import Out, Secret, StorePath
from punix.ir.value import Field, RecordValue, TextValue
from punix.ir.verify import RULES, require, rules_of, verify
from punix.passes.manager import run, steps
from punix.passes.pipeline import default
from punix.recipes.registry import RECIPES

NAMES = tuple(StoreName(f"{letter * 32}-p-1") for letter in "abc")
PATHS = (AbsPath("/etc/a"), AbsPath("/etc/b.service"))
UNITS = (UnitName("b.service"), UnitName("c.service"))
HEALTH = Health(TcpCheck(TcpAddress("localhost:80")), 10, 2)
NO_PROGRAM = Health(ExecCheck((("true",),)), 10, 2)
SERVICE: UnitKind = "service"


def bundle() -> Bundle:
    files = tuple(BundleFile(path, ("x",), 0o644, None, None, "link", SPAN, ()) for path in PATHS)
    first = Unit(
        UNITS[0],
        SERVICE,
        *("b", PATHS[1], (StorePath(NAMES[0]),), "x", DIGEST, (), (), (PATHS[0],), (NAMES[0],)),
        *((), False, (), True, "multi-user.target", None, SPAN, SPAN),
    )
    second = replace(first, name=UNITS[1], requires=(UNITS[0],), health=HEALTH)
    return Bundle(
        *(ModuleName("S"), "systemd", "system", None, DIGEST, files, (), (first, second)),
        *((), None, NAMES[:1], NAMES[:2], ()),
    )


def plan() -> Plan:
    files = tuple(FileChange(path, "added", "a.pcl:1") for path in PATHS)
    units = (UnitAction(UNITS[0], "start", "new", "a.pcl:1"),)
    return Plan(ModuleName("S"), None, DIGEST, files, units, NAMES[:1], NAMES[1:])


def manifest() -> Manifest:
    files = tuple(
        ManifestFile(path, "0" * 64, DIGEST, 0o644, None, None, "link", "a.pcl:1", 0, 0)
        for path in PATHS
    )
    unit = ManifestUnit(
        *(UNITS[0], SERVICE, "b", PATHS[1], DIGEST, (), (), (), (), (), True),
        *("multi-user.target", HEALTH, "a.pcl:1"),
    )
    return Manifest(
        *(ModuleName("S"), "stack", "systemd", "system", None, 1, "gen-001", None),
        *("2026-01-01T00:00:00Z", "0", "punix", DIGEST, DIGEST, "/store", NAMES, files),
        *((), (unit,), (), UNITS[:1], PATHS[:1]),
    )


def staged(stage: str) -> Any:
    """Return a legal IR of a stage."""
    made = {"bundle": bundle, "plan": plan, "manifest": manifest}
    if stage in made:
        return made[stage]()
    return run(steps(default("x86_64-linux", "seeded", RECIPES), "program", stage), richer())


Change = Callable[[Any], Document]


def at(field: str, index: int, **changes: Any) -> Change:
    """Change fields of one item of a field."""

    def change(root: Any) -> Document:
        items = list(getattr(root, field))
        items[index] = replace(items[index], **changes)
        changed: Document = replace(root, **{field: tuple(items)})
        return changed

    return change


def swapped(field: str) -> Change:
    return lambda root: replace(root, **{field: tuple(reversed(getattr(root, field)))})


def doubled(field: str) -> Change:
    return lambda root: replace(root, **{field: (*getattr(root, field), getattr(root, field)[-1])})


def value_of(text: Any) -> Change:
    """Change the first member of module Tool, `deps`, to a text."""

    def change(root: Any) -> Document:
        members = root.modules[3].members
        value = TextValue(text, SPAN) if isinstance(text, tuple) else text
        return at("modules", 3, members=(replace(members[0], value=value), *members[1:]))(root)

    return change


SECRET = (Secret("from_env", "PW"),)
NOWHERE = (StorePath(NAMES[0]),)
GONE = ModuleName("Gone")
RECORD = RecordValue(
    tuple(Field(Label(label), TextValue((), SPAN), SPAN) for label in ("b", "a")), SPAN
)

BROKEN: list[tuple[str, str, str, Change]] = [
    ("program", "program_sorted", "is not sorted", swapped("modules")),
    ("program", "program_sorted", "is twice", doubled("digests")),
    ("program", "program_records", "'a' is not sorted", value_of(RECORD)),
    ("program", "program_records", "not in its simplest form", value_of(("a", "b"))),
    ("program", "program_references", "no package 'Gone'", value_of((Out(GONE),))),
    ("program", "program_references", "no package", at("modules", 0, edges=(Edge(GONE, SPAN),))),
    ("program", "program_symbolic", "before 'address'", value_of(NOWHERE)),
    ("lowered", "lowered_sorted", "not sorted", swapped("packages")),
    ("lowered", "lowered_sorted", "not one for each input", at("packages", 1, input_spans=())),
    ("lowered", "lowered_references", "no input 'Lib'", at("packages", 1, inputs=())),
    ("lowered", "lowered_references", "no package 'Gone'", at("packages", 0, inputs=(GONE,))),
    ("lowered", "lowered_symbolic", "before 'address'", at("packages", 0, script=NOWHERE)),
    ("lowered", "lowered_symbolic", "in a build", at("packages", 0, script=SECRET)),
    ("lowered", "lowered_stacks", "no package 'Gone'", at("stacks", 0, pins=(GONE,))),
    ("derivation", "derivations_sorted", "not sorted", swapped("derivations")),
    ("derivation", "derivations_references", "no derivation", at("packages", 0, name=NAMES[0])),
    ("derivation", "derivations_names", "is not the name", at("derivations", 0, pname="other")),
    ("derivation", "derivations_names", "not 'x86_64-linux'", at("derivations", 0, system="vax")),
    ("derivation", "derivations_symbolic", "after", at("derivations", 0, script=(Out(GONE),))),
    ("derivation", "graph_stacks", "not sorted", swapped("stacks")),
    ("closure", "closure_unique", "is twice", doubled("derivations")),
    ("closure", "closure_stacks", "no member", at("stacks", 1, members=())),
    ("closure", "closure_stacks", "no root", at("stacks", 1, roots=())),
    ("bundle", "bundle_sorted", "not sorted", swapped("files")),
    ("bundle", "bundle_units", "no unit before this one: 'b.service'", swapped("units")),
    (
        "bundle",
        "bundle_units",
        "no unit before this one: 'c.service'",
        at("units", 0, triggers=UNITS[1:]),
    ),
    (
        "bundle",
        "bundle_units",
        "no file '/srv'",
        lambda root: replace(root, accounts=Accounts(AbsPath("/srv"), (), ())),
    ),
    ("bundle", "bundle_units", "no file '/srv'", at("units", 0, files=(AbsPath("/srv"),))),
    (
        "bundle",
        "bundle_references",
        "no declared package",
        at("units", 0, executable=(StorePath(NAMES[2]),)),
    ),
    ("bundle", "bundle_references", "that everybody reads", at("files", 0, text=SECRET)),
    ("plan", "plan_sorted", "not sorted", swapped("files")),
    ("plan", "plan_sorted", "is twice", lambda root: replace(root, packages_added=NAMES)),
    ("manifest", "manifest_sorted", "not sorted", swapped("store_paths")),
    ("manifest", "manifest_references", "no unit", lambda root: replace(root, units=())),
    ("manifest", "manifest_facts", "less than 1", lambda root: replace(root, generation=0)),
    ("manifest", "manifest_facts", "hexadecimal", at("files", 0, sha256="G" * 64)),
    ("manifest", "manifest_facts", "permission bits", at("files", 0, mode=0o4755)),
    ("manifest", "healths", "out of bounds", at("units", 0, health=replace(HEALTH, within=0))),
    ("bundle", "healths", "no program", at("units", 1, health=NO_PROGRAM)),
]


@pytest.mark.parametrize("stage", RULES)
def test_what_the_stages_make_is_legal(stage: str) -> None:
    assert verify(staged(stage)) == []
    require(staged(stage))


@pytest.mark.parametrize(("stage", "rule", "phrase", "change"), BROKEN)
def test_a_broken_rule_is_found(stage: str, rule: str, phrase: str, change: Change) -> None:
    root = change(staged(stage))
    check = next(check for check in rules_of(stage) if check.__name__ == rule)
    assert any(phrase in problem.phrase for problem in check(root))
    with pytest.raises(ProgramError, match=r"\[E25\] this is no valid"):
        require(root)


def test_every_rule_is_broken_once() -> None:
    tried = {rule for _, rule, _, _ in BROKEN}
    assert tried == {rule.__name__ for stage in RULES for rule in rules_of(stage)}


def test_the_tutorial_is_legal() -> None:
    assert verify(tutorial()) == []
