"""Says in the user's words why the parser stopped.

In: the token at which it stopped, what could have come there, and the layout of
the file. Out: a `Mistake` with a phrase, the exact place and often a hint.
"""

from typing import NamedTuple

from ..ir.depth import MAX_NESTING
from ..ir.diagnostics import Code, Label
from ..ir.span import Span
from . import tables
from .blocks import CLOSER, NAMES, Layout
from .lexer import OPEN_RAW, STRAY
from .validate import Mistake

__all__ = ["Stop", "explain"]

NIX = {
    "with": "write each name in full",
    "let": "members of a module may use one another in any order",
    "inherit": "write name = Module.name",
    "rec": "members of a module may use one another; a record may not",
    "import": "all files given to a command form one program",
}
"""Words of Nix that no member begins with here, and what to do instead."""

STRAY_HINTS = {
    "==": "write '='",
    ":=": "write '='",
    "=>": "write '='",
    "->": "write '='",
    "//": "a comment begins with '#'",
    "/*": "a comment begins with '#'",
    "||": "PCL has no operators; use if … then … else",
    "&&": "PCL has no operators; use if … then … else",
    "!=": "PCL has no operators; use if … then … else",
    "+": 'join texts with f"{a}{b}"',
    "++": 'join texts with f"{a}{b}"',
    "/": 'a path stands in double quotes: "./src"',
    "$": 'in f"…" a hole is {name}',
    "`": "strings stand in double quotes",
    "'": "strings stand in double quotes",
}

EXPECTED = (
    (tables.THEN, "'then'"),
    (tables.ELSE, "'else'"),
    (tables.IN, "'in'"),
    (tables.YIELD, "'yield'"),
    (tables.COLON, "':'"),
    (tables.EQUAL, "'='"),
    (tables.RSQB, "']'"),
    (tables.RPAR, "')'"),
    (tables.STR, "a string"),
    (tables.LBRACE, "'{'"),
    (tables.MODULE, "'module' or 'scenario'"),
    (tables.DOT, "'.'"),
)


class Stop(NamedTuple):
    """Where the parser stopped: `position` in the block [begin, end), and what it would accept."""

    layout: Layout
    file: str
    text: str
    begin: int
    position: int
    end: int
    accepted: frozenset[int]
    too_deep: bool

    def kind(self, token: int) -> int:
        """The kind of a token of this block, END outside it."""
        return self.layout.kinds[token] if self.begin <= token < self.end else tables.END

    def word(self, token: int) -> str:
        """The text of a token of this block."""
        if not self.begin <= token < self.end:
            return ""
        start, end = self.layout.spans[token]
        return self.text[start:end]

    def span(self, token: int) -> Span:
        """The place of a token; past the last, where that ends."""
        if token < len(self.layout.spans):
            return Span(self.file, *self.layout.spans[token])
        end = self.layout.spans[-1][1]
        return Span(self.file, end, end)

    def mistake(
        self, message: str, token: int, hint: str | None = None, *, notes: tuple[Label, ...] = ()
    ) -> Mistake:
        """Place a phrase at a token."""
        return Mistake(Code.E0, message, self.span(token), notes=notes, hint=hint)


def explain(stop: Stop) -> Mistake:
    """Say what is wrong where the parser stopped."""
    if stop.too_deep:
        return stop.mistake(f"nested too deep (more than {MAX_NESTING} levels)", stop.position)
    if stop.position >= stop.end:
        return _at_end(stop)
    return (
        _open_string(stop)
        or _nix(stop)
        or _missing_before(stop)
        or _stray(stop)
        or _unexpected(stop)
    )


def _at_end(stop: Stop) -> Mistake:
    """The block ends too soon: most often a closing bracket is missing."""
    opened = stop.layout.open_brackets(stop.begin, stop.end)
    closer = CLOSER[stop.layout.kinds[opened[-1]]] if opened else tables.END
    if closer not in stop.accepted:
        return stop.mistake(_phrase(stop), stop.position)
    mark = {tables.RBRACE: "}", tables.RSQB: "]", tables.RPAR: ")"}[closer]
    before = " before 'module'" if stop.layout.kind(stop.end) == tables.MODULE else ""
    before = before or (" before 'scenario'" if stop.layout.kind(stop.end) else "")
    note = Label(stop.span(_left_open(stop, opened[-1])), "this is not closed")
    return stop.mistake(f"missing '{mark}'{before}", stop.position, f"add '{mark}'", notes=(note,))


def _left_open(stop: Stop, innermost: int) -> int:
    """Guess which bracket was forgotten: the first whose '}' is further left than its line."""
    layout, opened = stop.layout, list[int]()
    for token in range(stop.begin, stop.end):
        kind = layout.kinds[token]
        if kind == tables.RBRACE and opened and layout.leads(token):
            opener = opened[-1]
            if layout.column(token) < layout.indent(opener):
                return opener
        layout.bracket(opened, token)
    return innermost


def _open_string(stop: Stop) -> Mistake | None:
    """An unterminated string, here or later on the line: an odd quote explains the rest."""
    if stop.kind(stop.position) == OPEN_RAW:
        return stop.mistake('unterminated """ string', stop.position, 'close it with """')
    token = stop.layout.open_string(stop.position)
    if token is not None:
        return stop.mistake("unterminated string", token, "close it with '\"'")
    return None


def _nix(stop: Stop) -> Mistake | None:
    for token in (stop.position - 1, stop.position - 2, stop.position):
        word = stop.word(token)
        if word in NIX and stop.word(token + 1) not in ("=", ""):
            return stop.mistake(f"unexpected '{word}'", token, f"PCL has no '{word}': {NIX[word]}")
    return None


def _missing_before(stop: Stop) -> Mistake | None:
    """`a =` and on the next line `b = 1`: b was taken for the value, but one is missing."""
    before = stop.position - 1
    if stop.kind(stop.position) != tables.EQUAL or stop.kind(before) not in NAMES:
        return None
    if stop.kind(before - 1) == tables.DOT and stop.kind(before - 2) in NAMES:
        before -= 2
    if before <= stop.begin or not stop.layout.leads(before):
        return None
    if tables.EQUAL in stop.accepted:
        return None
    if tables.RSQB in stop.accepted:
        return stop.mistake(f"missing ']' before {_quoted(stop, before)}", before, "add ']'")
    return stop.mistake(f"expected a value {_after(stop, before)}", before)


def _stray(stop: Stop) -> Mistake | None:
    if stop.kind(stop.position) != STRAY:
        return None
    text = stop.word(stop.position)
    hint = STRAY_HINTS.get(text)
    if tables.EQUAL in stop.accepted and tables.NAME not in stop.accepted and hint == "write '='":
        return stop.mistake(_phrase(stop), stop.position, f"write '=' for '{text}'")
    if text[0] == "'" and len(text) > 1:
        inner = text[1:-1].replace('"', '\\"')
        return stop.mistake("single quotes", stop.position, f'write "{_short(inner)}"')
    return stop.mistake(f"unexpected {_quoted(stop, stop.position)}", stop.position, hint)


def _unexpected(stop: Stop) -> Mistake:
    return stop.mistake(_phrase(stop), stop.position, _hint(stop))


def _phrase(stop: Stop) -> str:
    if stop.position < stop.end and stop.position > stop.begin and tables.MODULE in stop.accepted:
        closer = stop.kind(stop.position)
        if tables.NAME not in stop.accepted and closer in CLOSER.values():
            return f"unexpected '{stop.word(stop.position)}'"
    return f"expected {_wanted(stop)} {_after(stop, stop.position)}".rstrip()


def _wanted(stop: Stop) -> str:
    accepted = stop.accepted
    if tables.LPAR in accepted:
        return "a value" if tables.RSQB not in accepted else "a value or ']'"
    if tables.NAME in accepted:
        if tables.RBRACE in accepted:
            return "a name or '}'"
        return "a type" if tables.LBRACE in accepted else "a name"
    if tables.RSQB in accepted and tables.COMMA in accepted:
        return "',' or ']'"
    return next((text for kind, text in EXPECTED if kind in accepted), "the end of the file")


def _hint(stop: Stop) -> str | None:
    kind, accepted, word = stop.kind(stop.position), stop.accepted, stop.word(stop.position)
    before = stop.kind(stop.position - 1)
    if tables.EQUAL in accepted and tables.NAME not in accepted:
        return "write '=' for ':'" if kind == tables.COLON else "add '='"
    if tables.COLON in accepted and tables.NAME not in accepted:
        return "an option has a type: option name : Str = …" if kind == tables.EQUAL else "add ':'"
    if kind == tables.STR and tables.NAME in accepted:
        return f"names stand without quotes: {word[1:-1]} = …" if _is_name(word[1:-1]) else None
    if kind == tables.DOT and before == tables.INT:
        number = f"{stop.word(stop.position - 1)}.{stop.word(stop.position + 1)}"
        return f'numbers are whole; a version is a string: "{number}"'
    if kind == tables.DOT and tables.LPAR in accepted:
        return 'a path stands in double quotes: "./src"'
    if before == tables.DEFAULT and tables.LPAR in accepted:
        return "(default) is the member of that name"
    if before == tables.FORCE and tables.LPAR in accepted:
        return "(force) is the member of that name"
    if tables.RSQB in accepted and tables.COMMA in accepted and kind not in CLOSER.values():
        return "items of a list are separated by ','"
    return None


def _is_name(text: str) -> bool:
    return bool(text) and text.isascii() and text.replace("-", "_").isidentifier()


def _after(stop: Stop, token: int) -> str:
    return f"after {_quoted(stop, token - 1)}" if token > stop.begin else ""


def _quoted(stop: Stop, token: int) -> str:
    text = stop.word(token)
    if text.startswith(('"', 'f"')):
        return "the string" if len(text) > 30 or "\n" in text else text
    if not text.isprintable():
        return f"U+{ord(text[0]):04X}"
    return f"'{_short(text)}'"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
