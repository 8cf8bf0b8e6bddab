"""`std.shell`: the package says in bash how it is built."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import STAY, Arguments
from .fields import ENV, LINES, SRC_DIR, argument, arguments

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.shell",
    "A package that says in bash how it is built.",
    argument("command", LINES, "bash text that fills $OUTPUT", required=True),
    SRC_DIR,
    ENV,
)


def make(given: RecipeInput) -> BuildScript:
    """Run `command` in the source folder."""
    args = Arguments(given)
    return args.script(args.shell("command"), enter=STAY)


RECIPE = Recipe("std.shell", 1, ARGUMENTS, make, "Runs a bash command.")
