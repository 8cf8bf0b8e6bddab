"""`std.python_venv`: a virtual environment, from wheels or with the network."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from ..ir.text import Text
from .common import VENDORED, Arguments
from .fields import COMMON, DEPENDENCY, FLAG, WORDS, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.python_venv",
    "A virtual environment of Python.",
    argument("packages", WORDS, "what pip installs: hello==1.0", required=True),
    argument("python_dep", DEPENDENCY, "the package with bin/python3; default: the system's"),
    argument("pip_dep", DEPENDENCY, "the package with pip's modules; default: the one of Python"),
    argument("no_deps", FLAG, "install nothing that is not listed", default=False),
    argument("extra_pip_args", WORDS, "more arguments of pip install", default=()),
    *COMMON,
)

PREPARE = """\
_pip=(--disable-pip-version-check --no-cache-dir --no-compile)
if [ -n "${VENDOR-}" ] || [ -n "$(find . -maxdepth 1 -name '*.whl')" ]; then
  _pip+=(--no-index --find-links "${VENDOR-.}")
else
  _need_network pip
fi"""


def make(given: RecipeInput) -> BuildScript:
    """Make the environment in the output and install into it."""
    args = Arguments(given)
    pythons: list[Text] = [(*path, "/bin/python3") for path in args.packages("python_dep")]
    pip = args.packages("pip_dep")
    python = line(pythons or "python3")
    lines: list[Text] = [("_modules=(", *path, "/lib/python*/site-packages)") for path in pip]
    return args.script(
        VENDORED,
        PREPARE,
        args.shell("pre_build"),
        line(python, '-m venv --without-pip "$OUTPUT"'),
        [*lines, ('export PYTHONPATH="${_modules[0]}"',)] if pip else [],
        line(
            python,
            '-m pip --python "$OUTPUT/bin/python" install "${_pip[@]}"',
            *(["--no-deps"] if args.flag("no_deps") else []),
            args.words("extra_pip_args"),
            "--",
            args.words("packages"),
        ),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.python_venv", 1, ARGUMENTS, make, "Makes a virtual environment.")
