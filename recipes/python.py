"""What the recipes for Python share: where modules lie, and programs that find them."""

import re

from ..ir.text import Text
from .common import Arguments
from .words import line, quoted

__all__ = ["LAUNCHER", "SITE", "launchers", "search_path"]

SITE = """\
_python=$(command -v python3)
_lib=lib/$("$_python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')/site-packages
_site=$OUTPUT/$_lib
mkdir -p "$_site\""""
"""Set _python, and _site: the folder of the modules that are installed."""

FIND = """\
_find="import site, sys; sys.path[:0] = paths = '$_path'.split(':')"
_find+="; [site.addsitedir(path) for path in paths]\""""
"""Set _find: a line of Python that makes the modules below _path known, and those of .pth files."""

LAUNCHER = """\
_launcher() {
  mkdir -p "$OUTPUT/bin"
  printf '%s\\n' "#!$_python" "$_find" "from $2 import ${3%%.*} as found" \\
    "sys.exit(found${3#"${3%%.*}"}())" >"$OUTPUT/bin/$1"
  chmod 755 "$OUTPUT/bin/$1"
}"""
"""A function that writes bin/$1, which calls $3 of the module $2."""

ENTRY = r"(?a)[A-Za-z_][\w.]*:[A-Za-z_][\w.]*"


def search_path(dependencies: list[Text]) -> list[Text]:
    """Return lines that set _find, for the package and for its dependencies."""
    paths: list[Text] = [("_path+=:", *package, "/$_lib") for package in dependencies]
    return [("_path=$_site",), *paths, (FIND,)]


def launchers(args: Arguments) -> list[Text]:
    """Return lines that write the programs of `console_scripts`; E1 for no module:function."""
    lines: list[Text] = []
    for field, text in args.entries("console_scripts"):
        entry = "".join(part for part in text if isinstance(part, str))
        if not re.fullmatch(ENTRY, entry) or len(text) != 1:
            message = f"'{entry[:60]}' is not module:function"
            args.refuse(message, field.value.span, "such as app.main:run")
            continue
        module, _, function = entry.partition(":")
        lines.append(line("_launcher", quoted((field.label,)), module, function))
    return lines
