"""`std.npm`: npm install of the packed source, with the network if it has dependencies."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import NETWORK, Arguments
from .fields import ENV, FLAG, HOOKS, LINES, SRC_DIR, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.npm",
    "A package with a package.json.",
    argument("pre_install", LINES, "shell text to run before the installation"),
    argument("ignore_scripts", FLAG, "do not run the scripts of packages", default=False),
    SRC_DIR,
    ENV,
    *HOOKS,
)

PREPARE = """\
export npm_config_cache="$TMPDIR/npm" npm_config_update_notifier=false
export npm_config_audit=false npm_config_fund=false
_npm=(--global --prefix "$OUTPUT")
if node -e 'const p = require("./package.json");
    process.exit(Object.keys(p.dependencies || {}).length ? 0 : 1)'; then
  _need_network npm
else
  _npm+=(--offline)
fi"""


def make(given: RecipeInput) -> BuildScript:
    """Pack the source and install the pack, because npm links a folder instead of copying it."""
    args = Arguments(given)
    option = ["--ignore-scripts"] if args.flag("ignore_scripts") else []
    return args.script(
        NETWORK,
        PREPARE,
        args.shell("pre_build"),
        args.shell("pre_install"),
        line("_pack=$(npm pack --silent", *option, "| tail -n 1)"),
        line('npm install "${_npm[@]}"', *option, '"./$_pack"'),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.npm", 1, ARGUMENTS, make, "Runs npm pack and npm install.")
