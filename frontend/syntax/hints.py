"""How to mend what the parser could not read.

In: where it stopped. Out: a hint, or None where there is nothing to say but what
was expected. Most know a habit from another language.
"""

from ...ir.spell import did_you_mean
from . import tables
from .blocks import CLOSER
from .lexer import STRAY
from .stop import Stop
from .validate import SCALARS

__all__ = ["CONDITION", "NIX", "SCENARIO", "VALUES", "hint", "stray_hint"]

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
FUNCTIONS = "PCL has no functions"
SCENARIO = "a scenario sets Module.member"
LINES = 'text of several lines stands in """ … """'
COMPARES = "PCL does not compare; a condition is a Bool"

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
    "!=": COMPARES,
    ">": COMPARES,
    "<": COMPARES,
    ">=": COMPARES,
    "<=": COMPARES,
    "+": JOIN,
    "++": JOIN,
    "%": JOIN,
    "/": 'a path stands in double quotes: "./src"',
    "$": 'write f"{name}"',
    "`": QUOTES,
    "'": QUOTES,
    "“": QUOTES,
    "”": QUOTES,
    "‘": QUOTES,
    "’": QUOTES,
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
STRINGS = (tables.STR, tables.RAW, tables.FSTR, tables.FRAW)

TYPES = (*SCALARS, "List")

KEYWORDS = {
    tables.THEN: "then",
    tables.ELSE: "else",
    tables.IN: "in",
    tables.WHERE: "where",
    tables.YIELD: "yield",
}
OTHER_KEYWORDS = {
    "of": "in",
    "on": "in",
    "do": "yield",
    "return": "yield",
    "select": "yield",
    "when": "where",
    "otherwise": "else",
}
"""What other languages call these words."""


def stray_hint(stop: Stop) -> str | None:
    """What to write in place of a character or operator that PCL does not have."""
    at, text = stop.position, stop.word(stop.position)
    before, after = stop.kind(at - 1), stop.kind(at + 1)
    if text == "//" and before == tables.RBRACE and after == tables.LBRACE:
        return "records do not merge: write one"
    if text == "''":
        long = stop.touches(at + 1) or _closes_below(stop)
        return LINES if long else 'write ""'
    if text == "-" and stop.layout.leads(at):
        return "a list is written [a, b]"
    if text == "$" and after == tables.LBRACE and stop.touches(at + 1):
        return "remove '${' and '}'; a hole in a string is f\"{name}\""
    return STRAY_HINTS.get(text)


def _closes_below(stop: Stop) -> bool:
    """Whether the next `''` begins its line, as where Nix ends a text of several lines."""
    close = stop.text.find("''", stop.span(stop.position).end)
    line = stop.text.rfind("\n", 0, max(close, 0)) + 1
    return close >= 0 and not stop.text[line:close].strip()


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
        slip = did_you_mean(word.lower(), [head]) or head.startswith(word.lower()[:4])
        short = len(word) > 2 and head.startswith(word.lower())
        if stop.kind(stop.position) == tables.NAME and (slip or short):
            return f"did you mean '{head}'?"
    if stop.kind(stop.position - 1) == tables.RBRACE:
        return "a '}' before it already ends the module"
    return "a program is a series of module NAME { … }"


def _equal(stop: Stop) -> str | None:
    kind = stop.kind(stop.position)
    dotted = stop.kind(stop.position - 2) == tables.DOT
    if kind == tables.COLON and stop.word(stop.position + 1) in TYPES and not dotted:
        return f"write option {stop.word(stop.position - 1)} : …"
    if kind == tables.COLON:
        return "write '=' for ':'"
    if kind == tables.DOT and dotted:
        return "a contribution sets a whole member"
    return "add '='" if kind in VALUES else None


def _colon(stop: Stop) -> str | None:
    if stop.word(stop.position - 2) == "option" and stop.kind(stop.position) == tables.EQUAL:
        return f"an option has a type: option {stop.word(stop.position - 1)} : Str = …"
    return "write ':' for '='" if stop.kind(stop.position) == tables.EQUAL else "add ':'"


def _value(stop: Stop) -> str | None:
    kind, before = stop.kind(stop.position), stop.kind(stop.position - 1)
    if kind == tables.DOT:
        return 'a path stands in double quotes: "./src"'
    if kind == tables.VBAR:
        return LINES
    if kind == tables.COMMA and before in (tables.COMMA, tables.LSQB):
        return "remove ','"
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
    if kind in STRINGS and stop.layout.leads(stop.position):
        return COMMENT
    if kind == tables.COLON and after == STRAY:
        return QUOTES
    if kind in (tables.RSQB, tables.RPAR) and tables.RBRACE in stop.accepted:
        return f"remove '{word}'"
    called = before == tables.NAME and kind in VALUES and not stop.layout.leads(stop.position)
    return FUNCTIONS if kind == tables.LPAR or called else None


def _inside(stop: Stop) -> str | None:
    kind, accepted = stop.kind(stop.position), stop.accepted
    if tables.THEN in accepted or tables.ELSE in accepted or tables.YIELD in accepted:
        return _keyword(stop) or (
            CONDITION if tables.YIELD not in accepted else "write for x in … yield …"
        )
    if tables.IN in accepted:
        return _keyword(stop) or "write for x in … yield …"
    if tables.RSQB in accepted and tables.COMMA in accepted:
        if kind == tables.FOR:
            return "write for x in … yield …, without brackets"
        if kind == tables.SEMICOLON:
            return "write ',' for ';'"
        return None if kind in CLOSER.values() else "add ','"
    if tables.LBRACE in accepted and stop.kind(stop.position - 2) == tables.MODULE:
        return f"write module {stop.word(stop.position - 1)} {{"
    if accepted >= {tables.RPAR} and kind == tables.COMMA:
        return "a list stands in [ ]"
    return None


def _keyword(stop: Stop) -> str | None:
    """Say which of the words that could come was meant, or is missing."""
    accepted = stop.accepted
    words = [word for kind, word in KEYWORDS.items() if kind in accepted]
    word, kind = stop.word(stop.position), stop.kind(stop.position)
    meant = OTHER_KEYWORDS.get(word)
    if meant in words:
        return f"did you mean '{meant}'?"
    if word == "or":
        return "PCL has no 'or': write if a then … else if b then … else …"
    near = did_you_mean(word, words) if kind == tables.NAME else None
    missing = [KEYWORDS[end] for end in (tables.THEN, tables.YIELD, tables.IN) if end in accepted]
    begins = kind in VALUES and kind != tables.LBRACE
    return near or (f"add '{missing[0]}'" if missing and begins else None)


def _is_name(text: str) -> bool:
    return bool(text) and text.isascii() and text.replace("-", "_").isidentifier()
