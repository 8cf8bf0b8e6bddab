"""`std.npm`: npm install of the packed source, with vendored dependencies or the network."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import VENDORED, Arguments
from .fields import COMMON, FLAG, LINES, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.npm",
    "A package with a package.json.",
    argument("pre_install", LINES, "shell text to run before the installation"),
    argument("ignore_scripts", FLAG, "do not run the scripts of packages", default=False),
    *COMMON,
)

PREPARE = """\
export npm_config_cache="$TMPDIR/npm" npm_config_update_notifier=false
export npm_config_audit=false npm_config_fund=false npm_config_offline=true
if [ -n "$(find "${VENDOR:-/dev/null}" -maxdepth 1 -name '*.tgz')" ]; then
  npm pkg delete devDependencies
  npm install --no-save --no-package-lock --ignore-scripts -- "$VENDOR"/*.tgz
elif [ -n "${VENDOR-}" ]; then
  rm -rf node_modules
  mkdir node_modules
  cp -R "$VENDOR"/. node_modules
elif [ ! -d node_modules ] && _wants_dependencies; then
  _need_network npm
  export npm_config_offline=false
  if [ -f package-lock.json ]; then npm ci; else npm install; fi
fi"""
"""Put the dependencies into node_modules; of packs, npm would look for development ones too."""

WANTS = """_wants_dependencies() {
  node -e 'const given = require("./package.json"), scripts = given.scripts || {};
    const some = (table) => Object.keys(table || {}).length > 0;
    const builds = scripts.prepare || scripts.prepack;
    process.exit(some(given.dependencies) || (builds && some(given.devDependencies)) ? 0 : 1)'
}"""
"""A function that says whether anything has to be in node_modules."""

BUNDLE = """node -e 'const fs = require("fs"), given = require("./package.json");
  const names = { ...given.dependencies, ...given.optionalDependencies };
  given.bundleDependencies = Object.keys(names).filter((name) =>
    fs.existsSync("node_modules/" + name));
  fs.writeFileSync("package.json", JSON.stringify(given, null, 2));'"""
"""Let the pack carry its dependencies, so that nothing is fetched when it is installed."""


def make(given: RecipeInput) -> BuildScript:
    """Pack the source and install the pack, because npm links a folder instead of copying it."""
    args = Arguments(given)
    option = ["--ignore-scripts"] if args.flag("ignore_scripts") else []
    return args.script(
        VENDORED,
        WANTS,
        PREPARE,
        args.shell("pre_build"),
        args.shell("pre_install"),
        BUNDLE,
        line("_pack=$(npm pack --silent", *option, "| tail -n 1)"),
        line('npm install --global --prefix "$OUTPUT"', *option, '"./$_pack"'),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.npm", 1, ARGUMENTS, make, "Runs npm pack and npm install.")
