"""`std.meson`: setup, compile, install in a folder of its own."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import COMMON, WORD, WORDS, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.meson",
    "A package with a meson.build.",
    argument("meson_flags", WORDS, "arguments of meson setup", default=()),
    argument("build_dir", WORD, "folder to build in", default="build"),
    *COMMON,
)

DEFAULTS = """\
printf '%s\\n' '[built-in options]' "buildtype = 'release'" "libdir = 'lib'" \\
  "wrap_mode = 'nodownload'" >"$TMPDIR/meson.ini\""""
"""A machine file: what it says gives way to flags, whereas meson refuses an option given twice."""


def make(given: RecipeInput) -> BuildScript:
    """Set up with the output as prefix, compile, and install."""
    args = Arguments(given)
    folder = args.word("build_dir", "build")
    options = '--prefix="$OUTPUT" --native-file="$TMPDIR/meson.ini"'
    return args.script(
        DEFAULTS,
        'export LDFLAGS="-Wl,-rpath,$OUTPUT/lib ${LDFLAGS-}"',
        line("meson setup", options, args.words("meson_flags"), "--", folder),
        args.shell("pre_build"),
        line('meson compile --jobs "${PUNIX_BUILD_CORES:-1}" -C', folder),
        line("meson install --no-rebuild -C", folder),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.meson", 1, ARGUMENTS, make, "Runs meson setup, compile and install.")
