"""Says in the user's words why the parser stopped.

In: the token at which it stopped, what could have come there, and the layout of
the file. Out: a `Mistake` with a phrase, the exact place and often a hint.
"""

from ...ir.depth import MAX_NESTING
from ...ir.diagnostics import Label
from . import tables
from .blocks import CLOSER, NAMES
from .habits import habit
from .hints import hint
from .lexer import OPEN_RAW, STRAY
from .stop import Stop, shorten
from .strays import stray_hint
from .validate import Mistake

__all__ = ["explain"]

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
"""What one mark or word is wanted, the most telling first."""

MARK = {tables.RBRACE: "}", tables.RSQB: "]", tables.RPAR: ")"}
BEFORE_MEMBER = (tables.LBRACE, tables.COMMA, tables.SEMICOLON)


def explain(stop: Stop) -> Mistake:
    """Say what is wrong where the parser stopped."""
    if stop.too_deep:
        return stop.mistake(f"nested too deep (more than {MAX_NESTING} levels)", stop.position)
    if stop.position >= stop.end:
        return _at_end(stop)
    return (
        _open_string(stop)
        or habit(stop)
        or _value_on_next_line(stop)
        or _stray(stop)
        or _open_bracket(stop)
        or stop.mistake(_phrase(stop), stop.position, hint(stop))
    )


def _at_end(stop: Stop) -> Mistake:
    """The block ends too soon: most often a closing bracket is missing."""
    opened = stop.layout.open_brackets(stop.begin, stop.end)
    closer = CLOSER[stop.layout.kinds[opened[-1]]] if opened else tables.END
    if closer not in stop.accepted:
        return stop.mistake(_phrase(stop), stop.position)
    if len(opened) == 1 and stop.layout.nested(stop.begin, stop.end):
        return _nested(stop)
    next_block = stop.layout.kind(stop.end)
    before = " before 'module'" if next_block == tables.MODULE else ""
    before = " before 'scenario'" if next_block == tables.SCENARIO else before
    return _missing(stop, MARK[closer], before, stop.position, _left_open(stop, opened[-1]))


def _nested(stop: Stop) -> Mistake:
    """A module inside another."""
    outer = stop.word(stop.begin + 1)
    note = Label(stop.span(stop.begin + 1), f"'{outer}' begins here")
    message = f"modules do not nest: this stands in '{outer}'"
    return stop.mistake(message, stop.position, f"put it behind '{outer}'", notes=(note,))


def _missing(stop: Stop, mark: str, before: str, token: int, opener: int) -> Mistake:
    note = Label(stop.span(opener), "this is not closed")
    return stop.mistake(f"missing '{mark}'{before}", token, f"add '{mark}'", notes=(note,))


def _left_open(stop: Stop, innermost: int) -> int:
    """Guess which bracket was forgotten: the first whose '}' is further left than its line."""
    layout, opened = stop.layout, list[int]()
    for token in range(stop.begin, stop.end):
        closes = layout.kinds[token] == tables.RBRACE and opened and layout.leads(token)
        if closes and layout.column(token) < layout.indent(opened[-1]):
            return opened[-1]
        layout.bracket(opened, token)
    return innermost


def _open_string(stop: Stop) -> Mistake | None:
    """An unterminated string, here or later on the line: an odd quote explains the rest."""
    if stop.kind(stop.position) == OPEN_RAW:
        return stop.mistake('unterminated """ string', stop.position, 'close it with """')
    token = stop.layout.open_string(stop.position)
    if token is None:
        return None
    word = stop.word(token - 1)
    if stop.touches(token) and stop.kind(token - 1) in NAMES and stop.word(token) == '"':
        message = f"'{shorten(word)}' without its first quote"
        return stop.mistake(message, token - 1, f'write "{word}"', last=token)
    return stop.mistake("unterminated string", token, "close it with '\"'")


def _value_on_next_line(stop: Stop) -> Mistake | None:
    """`a =` and on the next line `b = 1`: b was taken for the value, but one is missing."""
    before = stop.position - 1
    if stop.kind(stop.position) != tables.EQUAL or stop.kind(before) not in NAMES:
        return None
    if stop.kind(before - 1) == tables.DOT and stop.kind(before - 2) in NAMES:
        before -= 2
    if before <= stop.begin or not stop.layout.leads(before) or tables.EQUAL in stop.accepted:
        return None
    if tables.RSQB in stop.accepted:
        opener = stop.layout.open_brackets(stop.member, before)[-1]
        return _missing(stop, "]", f" before {stop.quoted(before)}", before, opener)
    return stop.mistake(f"expected a value after {stop.quoted(before - 1)}", before)


def _stray(stop: Stop) -> Mistake | None:
    """A character or an operator that PCL does not have."""
    if stop.kind(stop.position) != STRAY:
        return None
    text, mend = stop.word(stop.position), stray_hint(stop)
    if stop.wants(tables.EQUAL) and mend == "write '='":
        return stop.mistake(_phrase(stop), stop.position, f"{mend} for '{text}'")
    if text[0] == "'" and len(text) > 2:
        inner = shorten(text[1:-1].replace('"', '\\"'))
        return stop.mistake("single quotes", stop.position, f'write "{inner}"')
    quoted = f'"{text}"' if text == "''" else stop.quoted(stop.position)
    return stop.mistake(f"unexpected {quoted}", stop.position, mend)


def _open_bracket(stop: Stop) -> Mistake | None:
    """Another bracket closes, or the next member begins, before a bracket is closed."""
    kind = stop.kind(stop.position)
    next_member = stop.layout.leads(stop.position) and stop.layout.begins_member(stop.position)
    if kind not in CLOSER.values() and not next_member:
        return None
    opened = stop.layout.open_brackets(stop.member, stop.position)
    closer = CLOSER[stop.layout.kinds[opened[-1]]] if opened else tables.END
    if closer not in stop.accepted or closer in (kind, tables.END):
        return None
    opener = {closer: opener for opener, closer in CLOSER.items()}.get(kind)
    if kind in (tables.RSQB, tables.RPAR) and all(
        stop.layout.kinds[token] != opener for token in opened
    ):
        return stop.mistake(
            f"unexpected {stop.quoted(stop.position)}",
            stop.position,
            f"write '{MARK[closer]}' for '{MARK[kind]}'",
            notes=(Label(stop.span(opened[-1]), "this is not closed"),),
        )
    before = f" before {stop.quoted(stop.position)}"
    return _missing(stop, MARK[closer], before, stop.position, opened[-1])


def _phrase(stop: Stop) -> str:
    here, before = stop.quoted(stop.position), stop.position - 1
    after = f" after {stop.quoted(before)}" if before >= stop.begin else ""
    wants_member = stop.accepted >= {tables.NAME, tables.RBRACE}
    if stop.position < stop.end:
        if wants_member and stop.kind(before) not in BEFORE_MEMBER:
            return f"unexpected {here}{after}"
        if stop.wants(tables.MODULE) and stop.kind(stop.position) in CLOSER.values():
            return f"unexpected {here}"
    return f"expected {_wanted(stop)}{after}"


def _wanted(stop: Stop) -> str:
    accepted = stop.accepted
    if tables.LPAR in accepted:
        return "a value or ']'" if tables.RSQB in accepted else "a value"
    if tables.NAME in accepted:
        if tables.RBRACE in accepted:
            return "a name or '}'"
        return "a type" if tables.LBRACE in accepted else "a name"
    if accepted >= {tables.RSQB, tables.COMMA}:
        return "',' or ']'"
    return next((text for kind, text in EXPECTED if kind in accepted), "the end of the file")
