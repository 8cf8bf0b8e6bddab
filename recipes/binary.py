"""`std.binary`: programs that somebody else built."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from ..ir.text import Text
from ..ir.value import get
from .common import ENTER, Arguments
from .fields import COMMON, LINES, WORD, WORDS, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.binary",
    "Programs that are installed and not built.",
    argument("extract_to", WORD, "another name of src_dir"),
    argument("install_command", LINES, "shell text that fills $OUTPUT"),
    argument(
        "binaries",
        WORDS,
        "programs to put into bin; without it, the tree or every program",
        default=(),
    ),
    argument("pre_install", LINES, "shell text to run before the installation"),
    *COMMON,
)

INSTALL = """\
if [ -d bin ]; then
  cp -a -- . "$OUTPUT"/
else
  find . -maxdepth 1 -type f -exec install -D -m 755 -t "$OUTPUT/bin" -- {} +
fi"""
"""Copy a tree that has a bin folder; else every file is a program."""


def make(given: RecipeInput) -> BuildScript:
    """Install with the command, the listed programs, or what is there."""
    args = Arguments(given)
    again = get(given.arguments, "extract_to")
    if again is not None and args.has("src_dir"):
        args.refuse("'extract_to' is another name of 'src_dir': keep one", again.span)
    binaries: list[Text] = args.words("binaries")
    listed: list[Text] = (
        [line('install -D -m 755 -t "$OUTPUT/bin" --', binaries)] if binaries else [(INSTALL,)]
    )
    return args.script(
        args.shell("pre_build"),
        args.shell("pre_install"),
        args.shell("install_command") or listed,
        args.shell("post_install"),
        enter=line("cd --", args.word("extract_to")) if args.has("extract_to") else ENTER,
    )


RECIPE = Recipe("std.binary", 1, ARGUMENTS, make, "Installs programs that are built already.")
