"""What the recipes for Python share: where modules lie, and programs that find them."""

import re

from ..ir.text import Text
from .common import Arguments
from .words import line, quoted

__all__ = ["LAUNCHER", "SITE", "launchers"]

SITE = """\
_python=$(command -v python3)
_lib=lib/$("$_python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')/site-packages
_site=$OUTPUT/$_lib
mkdir -p "$_site\""""
"""Set _python, and _site: the folder of the modules that are installed."""

LAUNCHER = """\
_launcher() {
  mkdir -p "$OUTPUT/bin"
  printf '%s\\n' "#!$_python" 'import sys' \\
    "sys.path[:0] = '''$_path'''.split(':')" "from $2 import ${3%%.*} as found" \\
    "sys.exit(found${3#"${3%%.*}"}())" >"$OUTPUT/bin/$1"
  chmod 755 "$OUTPUT/bin/$1"
}"""
"""A function that writes bin/$1, which calls $3 of the module $2 with _path to find modules."""

ENTRY = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", re.ASCII)


def launchers(args: Arguments, dependencies: list[Text]) -> list[Text]:
    """Return lines that write the programs of `console_scripts`; E1 for no module:function."""
    lines: list[Text] = [("_path=$_site",)]
    lines += [("_path+=:", *package, "/$_lib") for package in dependencies]
    for field, text in args.entries("console_scripts"):
        entry = "".join(part for part in text if isinstance(part, str))
        if not ENTRY.fullmatch(entry) or len(text) != 1:
            args.refuse(f"'{entry[:60]}' is not module:function", field.value.span)
            continue
        module, _, function = entry.partition(":")
        lines.append(line("_launcher", quoted((field.label,)), module, function))
    return lines
