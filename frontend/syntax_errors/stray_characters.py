"""How to mend a character or an operator that PCL does not have.

In: where the parser stopped. Out: a hint, or None.
"""

from ..syntax import tables
from ..syntax.well_formed import TYPES
from .phrases import (
    CALCULATES,
    COMMENT,
    COMPARES,
    CONDITION,
    FUNCTIONS,
    LETTERS,
    LINES,
    LISTS,
    NOTHING,
    PROGRAM,
    QUOTES,
    RECORDS,
)
from .stop import Stop

__all__ = ["stray_hint"]

JOIN = 'join texts with f"{a}{b}"'
COMPARISONS = ("!=", "<", "<=", ">", ">=")

STRAY_HINTS = {
    "==": "write '='",
    ":=": "write '='",
    "=>": "write '='",
    "->": "write '='",
    "+=": "write '='",
    "?=": "write '='",
    "//": COMMENT,
    "/*": COMMENT,
    "--": COMMENT,
    "---": "remove '---'",
    "||": CONDITION,
    "&&": CONDITION,
    "?": CONDITION,
    "!": CONDITION,
    "<<": LINES,
    "!=": COMPARES,
    ">": COMPARES,
    "<": COMPARES,
    ">=": COMPARES,
    "<=": COMPARES,
    "+": JOIN,
    "++": JOIN,
    "%": JOIN,
    "*": CALCULATES,
    "-": CALCULATES,
    "\\": "a value goes on on the next line without '\\'",
    "/": 'a path stands in double quotes: "./src"',
    "$": 'write f"{name}"',
    "@": QUOTES,
    "~": NOTHING,
    "`": QUOTES,
    "'": QUOTES,
    "“": QUOTES,
    "”": QUOTES,
    "‘": QUOTES,
    "’": QUOTES,
}


def stray_hint(stop: Stop) -> str | None:
    """What to write in place of a character or operator that PCL does not have."""
    at, text = stop.position, stop.word(stop.position)
    before, after = stop.kind(at - 1), stop.kind(at + 1)
    if text[0] == "/" and (before == tables.RBRACE or after == tables.LBRACE):
        return RECORDS
    if text == "''":
        long = stop.touches(at + 1) or _closes_below(stop)
        return LINES if long else 'write ""'
    if text == "-" and stop.layout.leads(at):
        return "a list is written [a, b]"
    if text == "$" and after == tables.LBRACE and stop.touches(at + 1):
        return "remove '${' and '}'; a hole in a string is f\"{name}\""
    if stop.wants(tables.MODULE) and text[0] in "<>":
        return PROGRAM
    if text in ("<", ">") and tables.LPAR in stop.accepted:
        return QUOTES if text == "<" else LINES
    if text.isalpha():
        return LETTERS
    if text.isspace():
        return "write a blank, which looks the same"
    if not text.isprintable():
        return "remove it; it is not seen"
    return _operator(stop, text, before, after) or STRAY_HINTS.get(text)


def _operator(stop: Stop, text: str, before: int, after: int) -> str | None:
    """What to write for an operator that means something else elsewhere."""
    if text == "==" and tables.THEN in stop.accepted:
        return COMPARES
    if text in COMPARISONS and _in_guard(stop):
        return "a guard compares with '=' only"
    if text in ("+", "++") and (before == tables.RSQB or after == tables.LSQB):
        return LISTS
    if text == "+" and tables.INT in (before, after):
        return CALCULATES
    if text == "<" and stop.word(stop.position - 1) == "List":
        return f"write List[{stop.word(stop.position + 1)}]"
    if text == "?" and (stop.wants(tables.COLON) or stop.word(stop.position - 1) in TYPES):
        return "remove '?'"
    if text == "?" and stop.wants(tables.EQUAL):
        return FUNCTIONS
    if text == "\\" and after == tables.LPAR:
        return FUNCTIONS
    if text == "$" and stop.accepted >= {tables.NAME, tables.RBRACE}:
        return "remove '$'"
    return None


def _in_guard(stop: Stop) -> bool:
    """Whether `where` or `and` and a reference to a field stand right before."""
    return any(stop.kind(stop.position - back) in (tables.WHERE, tables.AND) for back in (2, 4))


def _closes_below(stop: Stop) -> bool:
    """Whether the next `''` begins its line, as where Nix ends a text of several lines."""
    close = stop.text.find("''", stop.span(stop.position).end)
    line = stop.text.rfind("\n", 0, max(close, 0)) + 1
    return close >= 0 and not stop.text[line:close].strip()
