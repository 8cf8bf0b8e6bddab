"""`std.ruby_gem`: a gem, built or as it is, and programs that find its dependencies."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import COMMON, DEPENDENCIES, WORD, WORDS, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.ruby_gem",
    "A gem of Ruby.",
    argument("ruby_deps", DEPENDENCIES, "packages with gems that it needs", required=True),
    argument(
        "gem_file", WORD, "the gem to install; without it, the one there or built from gemspec"
    ),
    argument(
        "console_scripts", WORDS, "programs of the gem to put into bin; without it, all", default=()
    ),
    *COMMON,
)

FIND = """\
_gems=(*.gem)
if [ ! -e "${_gems[0]}" ]; then
  gem build --quiet ./*.gemspec
  _gems=(*.gem)
fi
_gem=${_gems[0]}"""

INSTALL = """\
_home=$OUTPUT/lib/ruby/gems
gem install --local --no-document --ignore-dependencies --install-dir "$_home" \\
  --bindir "$_home/bin" "$_gem\""""
"""No `--` before the name: gem gives what follows it to compilers."""

LAUNCHER = """\
_launcher() {
  mkdir -p "$OUTPUT/bin"
  printf '%s\\n' '#!/bin/sh' "export GEM_PATH=$_path" \\
    "exec $(command -v ruby) $_home/bin/$1 \\"\\$@\\"" >"$OUTPUT/bin/$1"
  chmod 755 "$OUTPUT/bin/$1"
}"""
"""A function that writes bin/$1, which runs the gem's program with _path to find gems."""

ALL = 'for _program in "$_home"/bin/*; do _launcher "${_program##*/}"; done'


def make(given: RecipeInput) -> BuildScript:
    """Install a gem into lib/ruby/gems and put its programs into bin."""
    args = Arguments(given)
    paths = [("_path+=:", *path, "/lib/ruby/gems") for path in args.packages("ruby_deps")]
    programs = [line("_launcher", program) for program in args.words("console_scripts")]
    return args.script(
        args.shell("pre_build"),
        line(("_gem=", *args.word("gem_file"))) if args.has("gem_file") else FIND,
        INSTALL,
        LAUNCHER,
        [("_path=$_home",), *paths],
        programs or ALL,
        args.shell("post_install"),
    )


RECIPE = Recipe("std.ruby_gem", 1, ARGUMENTS, make, "Installs a gem of Ruby.")
