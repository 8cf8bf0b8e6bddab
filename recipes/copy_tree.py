"""`std.copy_tree`: the source, or what matches patterns, as it is."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import COMMON, WORD, WORDS, argument, arguments
from .words import line, wildcards

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.copy_tree",
    "Files that are copied and not built.",
    argument("dest", WORD, "folder of the output to copy to; default: the output itself"),
    argument(
        "patterns", WORDS, "what to copy, by shell patterns; without it, everything", default=()
    ),
    *COMMON,
)


def make(given: RecipeInput) -> BuildScript:
    """Copy; a pattern that matches nothing is an error."""
    args = Arguments(given)
    patterns = args.words("patterns", wildcards) or [("*",)]
    return args.script(
        args.shell("pre_build"),
        ("_dest=$OUTPUT/", *args.word("dest")),
        'mkdir -p -- "$_dest"',
        "shopt -s dotglob failglob",
        line("cp -a --", patterns, '"$_dest"/'),
        "shopt -u dotglob failglob",
        args.shell("post_install"),
    )


RECIPE = Recipe("std.copy_tree", 1, ARGUMENTS, make, "Copies files.")
