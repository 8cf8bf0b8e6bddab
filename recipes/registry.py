"""The recipes by name: those that come with punix, and those of other distributions.

In: files of recipes, if any. Out: `RECIPES`, and `load_recipes()`, which adds what installed
distributions offer through the entry point `punix.recipes`: each names a `Recipe`.
"""

from collections.abc import Iterable, Mapping

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.plugins import installed
from ..ir.recipe import Recipe
from . import (
    autotools,
    binary,
    cargo,
    cmake,
    copy_tree,
    go,
    make,
    meson,
    npm,
    python_venv,
    python_wheel,
    ruby_gem,
    shell,
    swift,
)

__all__ = ["RECIPES", "load_recipes"]

RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        autotools.RECIPE,
        binary.RECIPE,
        cargo.RECIPE,
        cmake.RECIPE,
        copy_tree.RECIPE,
        go.RECIPE,
        make.RECIPE,
        meson.RECIPE,
        npm.RECIPE,
        python_venv.RECIPE,
        python_wheel.RECIPE,
        ruby_gem.RECIPE,
        shell.RECIPE,
        swift.RECIPE,
    )
}


def load_recipes(files: Iterable[tuple[str, bytes]] = ()) -> Mapping[str, Recipe]:
    """Return all recipes, with those of files, each a name and its verified bytes.

    Raises ProgramError (E8) for a recipe that is named twice or unusable.
    """
    found = dict(RECIPES)
    for entry in installed("punix.recipes"):
        try:
            recipe = entry.load()
        except (ImportError, AttributeError) as problem:
            raise _refused(f"recipe '{entry.value}' cannot be loaded: {problem}") from None
        if not isinstance(recipe, Recipe):
            raise _refused(f"'{entry.value}' is not a recipe")
        _add(found, recipe, entry.value)
    for name, data in files:
        from .file import recipes_of  # and with it importlib's loaders, which few need

        for recipe in recipes_of(name, data):
            _add(found, recipe, name)
    return found


def _add(found: dict[str, Recipe], recipe: Recipe, origin: str) -> None:
    if recipe.name in found:
        raise _refused(f"recipe '{recipe.name}' is there twice; one is '{origin}'")
    found[recipe.name] = recipe


def _refused(message: str) -> ProgramError:
    return ProgramError([Diagnostic(Code.E8, message)])
