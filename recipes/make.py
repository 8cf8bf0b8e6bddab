"""`std.make`: make, make install."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import COMMON, FLAG, WORDS, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.make",
    "A package with a Makefile.",
    argument("make_target", WORDS, "what to make", default="all"),
    argument("make_flags", WORDS, "arguments of every make", default=()),
    argument("make_args", WORDS, "more arguments of every make: variables", default=()),
    argument("install_target", WORDS, "what make installs with", default="install"),
    argument("install_flags", WORDS, "arguments of the installing make", default=()),
    argument("skip_install", FLAG, "do not run the installing make", default=False),
    *COMMON,
)


def make(given: RecipeInput) -> BuildScript:
    """Make, and install with PREFIX as the output unless an argument sets it."""
    args = Arguments(given)
    common = line("make", 'PREFIX="$OUTPUT"', args.words("make_flags"), args.words("make_args"))
    install = line(common, args.words("install_flags"), args.words("install_target"))
    return args.script(
        args.shell("pre_build"),
        line(common, args.words("make_target")),
        [] if args.flag("skip_install") else install,
        args.shell("post_install"),
    )


RECIPE = Recipe("std.make", 1, ARGUMENTS, make, "Runs make and make install.")
