"""Strings that somebody took for f-strings.

In: a string literal. Out: nothing; a warning where `{Module.member}` in it would be a hole.
"""

import re
from collections.abc import Mapping

from ...ir.ast import StrLiteral
from ...ir.diagnostics import Code, Collector
from ..symbols.declarations import ModuleDecl

__all__ = ["warn_of_holes"]

HOLE = r"\$?\{([A-Za-z_][A-Za-z0-9_-]*+)\.([A-Za-z_][A-Za-z0-9_-]*+)\}"
"""What is a hole in an f-string, or as other languages write it."""


def warn_of_holes(
    expr: StrLiteral, modules: Mapping[str, ModuleDecl], collector: Collector
) -> None:
    """Warn of the first text in a string that names a member of the program in braces.

    A name without a dot tells nothing: shells and templates have such as well.
    """
    for found in re.finditer(HOLE, expr.value) if "{" in expr.value else ():
        module = modules.get(found[1])
        if module is not None and (found[2] in module.members or found[2] in module.implicit):
            message = f"'{found[0]}' in a string that is no f-string stands for itself"
            hint = "write f before the string"
            if found[0].startswith("$"):
                hint += ", and leave out the '$'"
            collector.warning(Code.E1, message, expr.span, hint=hint)
            return
