"""Recipes and backends of other distributions, found by entry points."""

import importlib.metadata
import re
import sys
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from punix.backends.base import BACKENDS, backend_names, load_backend
from punix.backends.systemd.backend import BACKEND
from punix.ir.diagnostics import ProgramError
from punix.ir.recipe import Recipe
from punix.recipes.registry import RECIPES, load_recipes
from punix.recipes.shell import RECIPE

EXTRA = Recipe("acme.shell", 1, RECIPE.arguments, RECIPE.make, "Another name of std.shell.")
OFFERED = SimpleNamespace(extra=EXTRA, shell=RECIPE, backend=BACKEND, nothing=None)


@pytest.fixture
def monkey(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make a module `offered` that distributions may point at."""
    monkeypatch.setitem(sys.modules, "offered", OFFERED)
    return monkeypatch


def install(monkey: pytest.MonkeyPatch, group: str, *entries: tuple[str, str]) -> None:
    found = [EntryPoint(name, value, group) for name, value in entries]
    monkey.setattr(importlib.metadata, "entry_points", lambda *, group: [
        entry for entry in found if entry.group == group
    ])  # fmt: skip


def refusal(message: str) -> "pytest.RaisesExc[ProgramError]":
    return pytest.raises(ProgramError, match=re.escape(message))


def test_a_recipe_of_another_distribution(monkey: pytest.MonkeyPatch) -> None:
    install(monkey, "punix.recipes", ("acme", "offered:extra"))
    assert load_recipes() == {**RECIPES, "acme.shell": EXTRA}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("offered:shell", "[E8] recipe 'std.shell' is there twice; one is 'offered:shell'"),
        ("offered:nothing", "[E8] 'offered:nothing' is not a recipe"),
        ("offered:missing", "[E8] recipe 'offered:missing' cannot be loaded"),
        ("no_such_module:x", "[E8] recipe 'no_such_module:x' cannot be loaded"),
    ],
)
def test_recipes_that_are_refused(monkey: pytest.MonkeyPatch, entry: str, message: str) -> None:
    install(monkey, "punix.recipes", ("acme", entry))
    with refusal(message):
        load_recipes()


def test_a_backend_of_another_distribution(monkey: pytest.MonkeyPatch) -> None:
    install(monkey, "punix.backends", ("acme", "offered:backend"))
    assert backend_names() == {*BACKENDS, "acme"}
    assert load_backend("acme") is BACKEND


@pytest.mark.parametrize(
    ("name", "entry", "message"),
    [
        ("systemd", "offered:backend", "[E8] backend 'systemd' is there twice"),
        ("acme", "offered:nothing", "[E8] what is installed as 'acme' is not a backend"),
        ("acme", "offered:missing", "[E8] backend 'offered:missing' cannot be loaded"),
    ],
)
def test_backends_that_are_refused(
    monkey: pytest.MonkeyPatch, name: str, entry: str, message: str
) -> None:
    install(monkey, "punix.backends", (name, entry))
    with refusal(message):
        load_backend(name)
