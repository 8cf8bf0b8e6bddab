"""Scripts of recipes, made from arguments as Python writes them."""

from collections.abc import Mapping

from programs import SPAN, Plain, value

from punix.ir.names import ModuleName
from punix.ir.recipe import RecipeInput
from punix.ir.text import Out, Symbol, fill
from punix.ir.value import RecordValue
from punix.recipes import RECIPES

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
