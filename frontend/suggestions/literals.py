"""A literal of the wrong type as one of the right: `"80"` for 80, `true` for "yes".

In: an expression or a value, and what is wanted. Out: a hint that says what to write, or
None where nobody can tell.
"""

import re
from typing import TypeAlias

from ...ir.ast import BoolLiteral, Expr, IntLiteral, ListLiteral, StrLiteral
from ...ir.value import BoolValue, IntValue, ListValue, TextValue, Value, plain

__all__ = ["LITERALS", "suggest_literal"]

Literal: TypeAlias = "str | int | bool | list[Literal] | None"
"""A literal; None for what is no literal."""

YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
LITERALS = {
    **dict.fromkeys(("True", "TRUE", "yes", "on"), "true"),
    **dict.fromkeys(("False", "FALSE", "no", "off"), "false"),
}
"""What other languages call `true` and `false`."""

LONGEST = 40


def suggest_literal(wanted: str, found: Expr | Value) -> str | None:
    """Say how to write what is a literal as a `Str`, `Int`, `Bool`, or list (any other name)."""
    text = _converted(wanted, _literal(found))
    return f"write {text}" if text is not None and len(text) <= LONGEST else None


def _literal(found: Expr | Value) -> Literal:
    """Return the literal that an expression or value is; secrets and store paths are none."""
    if isinstance(found, TextValue):
        return plain(found)
    if isinstance(found, ListLiteral | ListValue):
        return [_literal(item) for item in found.items]
    if isinstance(found, StrLiteral | IntLiteral | BoolLiteral | IntValue | BoolValue):
        return found.value
    return None


def _converted(wanted: str, found: Literal) -> str | None:
    if wanted == "Str":
        if isinstance(found, list):
            return _shown(found[0]) if len(found) == 1 and isinstance(found[0], str) else None
        return None if found is None or isinstance(found, str) else f'"{_shown(found)}"'
    if wanted == "Int":
        digits = isinstance(found, str) and re.fullmatch(r"-?[0-9]+", found)
        return str(found) if digits else None
    if wanted == "Bool":
        word = str(found).lower()
        return "true" if word in YES else "false" if word in NO else None
    if wanted.startswith(("List[", "a list")) and isinstance(found, str | int):
        shown = _shown(found)
        return shown and f"[{shown}]"
    return None


def _shown(found: str | int | bool) -> str | None:
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, int):
        return str(found)
    return f'"{found}"' if found.isprintable() and not set(found) & set('"\\') else None
