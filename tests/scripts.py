"""Scripts of recipes, made from arguments as Python writes them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from programs import SPAN, Plain, value

from punix.ir.names import ModuleName
from punix.ir.recipe import RecipeInput
from punix.ir.text import Out, Symbol, fill
from punix.ir.value import RecordValue
from punix.recipes.registry import RECIPES

Run = Callable[[str, Mapping[str, Plain], Mapping[str, str]], Path]
"""Runs a recipe with arguments on a source of files by path; returns the output."""

DEP = Out(ModuleName("Zlib"))
"""The module of the only dependency, whose pname is `zlib`."""


def script(recipe: str, arguments: Mapping[str, Plain]) -> str:
    """Make a recipe's script, with defaults filled in as lowering does."""
    schema = RECIPES[recipe].arguments
    defaults: dict[str, Plain] = {
        field.name: ([] if field.default == () else field.default)
        for field in schema.fields
        if field.default is not None and field.default != ()
    }
    record = value({**defaults, **arguments})
    assert isinstance(record, RecordValue)
    given = RecipeInput("hello", "1.0", record, {"zlib": DEP.module}, SPAN)
    return fill(RECIPES[recipe].make(given).script, shown)


def shown(symbol: Symbol) -> str:
    assert isinstance(symbol, Out)
    return f"/store/{symbol.module}"


def files(folder: Path) -> list[str]:
    """Return the files below a folder, sorted."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
