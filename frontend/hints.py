"""How to mend what the parser could not read.

In: where it stopped. Out: a hint, or None where there is nothing to say but what
was expected. Most know a habit from another language.
"""

from . import tables
from .blocks import CLOSER
from .lexer import STRAY
from .stop import Stop

__all__ = ["NIX", "hint", "stray_hint"]

NIX = {
    "with": "write each name in full",
    "let": "members of a module may use one another in any order",
    "inherit": "write name = Module.name",
    "rec": "members of a module may use one another, fields of a record may not",
    "import": "all files given to a command form one program",
}
"""Words of Nix that no member begins with here, and what to do instead."""

CONDITION = "write if … then … else …"
JOIN = 'join texts with f"{a}{b}"'
QUOTES = "strings stand in double quotes"
COMMENT = "a comment begins with '#'"

STRAY_HINTS = {
    "==": "write '='",
    ":=": "write '='",
    "=>": "write '='",
    "->": "write '='",
    "//": COMMENT,
    "/*": COMMENT,
    "||": CONDITION,
    "&&": CONDITION,
    "!=": CONDITION,
    "?": CONDITION,
    "+": JOIN,
    "++": JOIN,
    "/": 'a path stands in double quotes: "./src"',
    "$": 'write f"{name}"',
    "`": QUOTES,
    "'": QUOTES,
}

VALUES = frozenset(
    {
        tables.STR,
        tables.RAW,
        tables.FSTR,
        tables.FRAW,
        tables.INT,
        tables.LBRACE,
        tables.LSQB,
        tables.TRUE,
        tables.FALSE,
        tables.NAME,
    }
)


def stray_hint(stop: Stop) -> str | None:
    """What to write in place of a character or operator that PCL does not have."""
    return STRAY_HINTS.get(stop.word(stop.position))


def hint(stop: Stop) -> str | None:
    """Say how to go on where a token of the language is in the wrong place."""
    if stop.wants(tables.MODULE):
        return _top_level(stop)
    if stop.wants(tables.EQUAL):
        return _equal(stop)
    if stop.wants(tables.COLON):
        return _colon(stop)
    if tables.LPAR in stop.accepted:
        return _value(stop)
    if tables.NAME in stop.accepted:
        return _name(stop)
    return _inside(stop)


def _top_level(stop: Stop) -> str | None:
    word = stop.word(stop.position)
    for head in ("module", "scenario"):
        if word.lower()[:4] == head[:4] and stop.kind(stop.position) == tables.NAME:
            return f"did you mean '{head}'?"
    if stop.kind(stop.position - 1) == tables.RBRACE:
        return "a '}' before it already ends the module"
    return "a program is a series of module NAME { … }"


def _equal(stop: Stop) -> str | None:
    kind = stop.kind(stop.position)
    if kind == tables.COLON:
        return "write '=' for ':'"
    return "add '='" if kind in VALUES else None


def _colon(stop: Stop) -> str | None:
    if stop.word(stop.position - 2) == "option" and stop.kind(stop.position) == tables.EQUAL:
        return f"an option has a type: option {stop.word(stop.position - 1)} : Str = …"
    return "write ':' for '='" if stop.kind(stop.position) == tables.EQUAL else "add ':'"


def _value(stop: Stop) -> str | None:
    kind, before = stop.kind(stop.position), stop.kind(stop.position - 1)
    if kind == tables.DOT:
        return 'a path stands in double quotes: "./src"'
    if before in (tables.DEFAULT, tables.FORCE):
        word = stop.word(stop.position - 1)
        return f"({word}) is the member of that name"
    return None


def _name(stop: Stop) -> str | None:
    kind, word = stop.kind(stop.position), stop.word(stop.position)
    before, after = stop.kind(stop.position - 1), stop.kind(stop.position + 1)
    if kind in (tables.TRUE, tables.FALSE):
        return f"'{word}' cannot be a name"
    if kind == tables.STR and (after in (tables.EQUAL, tables.COLON) or before == tables.MODULE):
        return f"names stand without quotes: {word[1:-1]}" if _is_name(word[1:-1]) else None
    if kind == tables.DOT and before == tables.INT:
        number = f"{stop.word(stop.position - 1)}.{stop.word(stop.position + 1)}"
        return f'numbers are whole; a version is a string: "{number}"'
    if kind == tables.COLON and after == STRAY:
        return QUOTES
    return "PCL has no functions" if kind == tables.LPAR else None


def _inside(stop: Stop) -> str | None:
    kind, accepted = stop.kind(stop.position), stop.accepted
    if tables.THEN in accepted or tables.ELSE in accepted:
        return CONDITION
    if tables.YIELD in accepted or tables.IN in accepted:
        return "write for x in … yield …"
    if tables.RSQB in accepted and tables.COMMA in accepted:
        if kind == tables.FOR:
            return "write for x in … yield …, without brackets"
        return None if kind in CLOSER.values() else "items of a list are separated by ','"
    if tables.LBRACE in accepted and stop.kind(stop.position - 2) == tables.MODULE:
        return f"write module {stop.word(stop.position - 1)} {{"
    return "a scenario sets Module.member" if accepted == {tables.DOT} else None


def _is_name(text: str) -> bool:
    return bool(text) and text.isascii() and text.replace("-", "_").isidentifier()
