"""Recipes and backends of other distributions, found by entry points."""

import re
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import TypeAlias

import pytest

from punix.backends.base import BACKENDS, backend_names, load_backend
from punix.backends.systemd.backend import BACKEND
from punix.ir.diagnostics import ProgramError
from punix.ir.recipe import Recipe
from punix.recipes.registry import RECIPES, load_recipes
from punix.recipes.shell import RECIPE

EXTRA = Recipe("acme.shell", 1, RECIPE.arguments, RECIPE.make, "Another name of std.shell.")
Install: TypeAlias = Callable[..., None]
OFFERED = SimpleNamespace(extra=EXTRA, shell=RECIPE, backend=BACKEND, nothing=None)


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a module `offered` that distributions may point at."""
    monkeypatch.setitem(sys.modules, "offered", OFFERED)


def refusal(message: str) -> "pytest.RaisesExc[ProgramError]":
    return pytest.raises(ProgramError, match=re.escape(message))


def test_a_recipe_of_another_distribution(install: Install) -> None:
    install("punix.recipes", ("acme", "offered:extra"))
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
def test_recipes_that_are_refused(install: Install, entry: str, message: str) -> None:
    install("punix.recipes", ("acme", entry))
    with refusal(message):
        load_recipes()


def test_a_backend_of_another_distribution(install: Install) -> None:
    install("punix.backends", ("acme", "offered:backend"))
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
def test_backends_that_are_refused(install: Install, name: str, entry: str, message: str) -> None:
    install("punix.backends", (name, entry))
    with refusal(message):
        load_backend(name)
