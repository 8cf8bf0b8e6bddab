"""`std.autotools`: configure, make, make install."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import COMMON, FLAG, LINES, WORDS, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.autotools",
    "A package with a configure script, or what makes one.",
    argument("configure_flags", WORDS, "arguments of configure", default=()),
    argument("make_flags", WORDS, "arguments of every make", default=()),
    argument("configure_command", LINES, "shell text to run in place of ./configure"),
    argument("pre_configure", LINES, "shell text to run before configure"),
    argument("post_configure", LINES, "shell text to run after configure"),
    argument("install_target", WORDS, "what make installs with", default="install"),
    argument(
        "final_prefix", FLAG, "accepted and always so: OUTPUT is the final path", default=False
    ),
    *COMMON,
)

FIND = """\
if [ -f configure ]; then _configure=./configure
elif [ -f config ]; then _configure=./config
else
  if [ -f autogen.sh ]; then NOCONFIGURE=1 bash ./autogen.sh
  elif [ -f bootstrap ]; then bash ./bootstrap
  elif [ -f configure.ac ] || [ -f configure.in ]; then autoreconf --force --install
  else echo "no configure, config, autogen.sh, bootstrap or configure.ac here" >&2; exit 1
  fi
  _configure=./configure
fi
[ -x "$_configure" ] || chmod +x "$_configure\""""
"""Set _configure to the script that is there, or that what is there makes."""


def make(given: RecipeInput) -> BuildScript:
    """Configure with the output as prefix, make, and install."""
    args = Arguments(given)
    command = args.shell("configure_command") or [(FIND,), ('"$_configure"',)]
    flags = args.words("configure_flags")
    return args.script(
        args.shell("pre_configure"),
        [*command[:-1], line(command[-1], '--prefix="$OUTPUT"', flags)],
        args.shell("post_configure"),
        args.shell("pre_build"),
        line("make", args.words("make_flags")),
        line("make", args.words("make_flags"), args.words("install_target")),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.autotools", 1, ARGUMENTS, make, "Runs configure, make and make install.")
