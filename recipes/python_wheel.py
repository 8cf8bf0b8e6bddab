"""`std.python_wheel`: modules from wheels, a project or as they are, and programs."""

from ..ir.names import BinaryName
from ..ir.recipe import BuildScript, Recipe, RecipeInput
from ..ir.schema.shape import ListShape, RecordShape, TextShape
from .common import Arguments
from .fields import COMMON, DEPENDENCIES, NAMES, WORD, WORDS, argument, arguments
from .python import LAUNCHER, SITE, launchers, search_path
from .words import line, quoted

__all__ = ["RECIPE"]

PTH_FILE = arguments(
    "pth file",
    "A file of site-packages that adds folders to the path of modules.",
    argument("name", TextShape(rule=BinaryName), "its name: hello.pth", required=True),
    argument("content", WORD, "its text", required=True),
)

ARGUMENTS = arguments(
    "std.python_wheel",
    "Python modules from wheels, from a project, or as they are.",
    argument("python_deps", DEPENDENCIES, "packages whose modules it needs", required=True),
    argument(
        "packages",
        WORDS,
        "modules and folders of modules to copy; without it, wheels or the project",
        default=(),
    ),
    argument("console_scripts", NAMES, 'programs: name = "module:function"', default=()),
    argument(
        "pth_files",
        ListShape(RecordShape(PTH_FILE), unique="name"),
        "files that add folders to the path of modules",
        default=(),
    ),
    *COMMON,
)

INSTALL = """\
_pip=("$_python" -m pip --quiet --no-cache-dir --disable-pip-version-check)
_wheels=.
if [ -z "$(find . -maxdepth 1 -name '*.whl')" ]; then
  _wheels=$TMPDIR/wheels
  "${_pip[@]}" wheel --no-deps --no-index --no-build-isolation --wheel-dir "$_wheels" .
fi
_named=()
for _wheel in "$_wheels"/*.whl; do
  IFS=- read -r _name _version _ <<<"${_wheel##*/}"
  _named+=("$_name==$_version")
done
"${_pip[@]}" install --no-deps --no-index --no-compile --no-warn-script-location \\
  --find-links "$_wheels" --target "$_site" "${_named[@]}"
if [ -d "$_site/bin" ]; then
  mv "$_site/bin" "$OUTPUT/bin"
  sed -i "1{/^#!.*python/a $_find
}" "$OUTPUT"/bin/*
fi"""
"""Install the wheels that are there, or the one that the project makes; nothing is fetched.
By name: of a wheel given as a file pip would write down where it was. Programs of wheels
are told in their second line where modules are."""


def make(given: RecipeInput) -> BuildScript:
    """Install modules and write the programs that use them."""
    args = Arguments(given)
    dependencies = args.packages("python_deps")
    modules = args.words("packages")
    return args.script(
        SITE,
        search_path(dependencies),
        LAUNCHER,
        args.shell("pre_build"),
        line("cp -R --", modules, '"$_site"/') if modules else INSTALL,
        [
            line(
                "printf %s", quoted(file.get("content", ())), ('>"$_site"/', *quoted(file["name"]))
            )
            for file in args.records("pth_files")
        ],
        launchers(args),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.python_wheel", 1, ARGUMENTS, make, "Installs Python modules and programs.")
