"""Says in the user's words why the parser stopped.

In: the token at which it stopped, what could have come there, and the layout of
the file. Out: a `Mistake` with a phrase, the exact place and often a hint.
"""

import re

from ...ir.depth import MAX_NESTING
from ...ir.diagnostics import Code, Label
from . import tables
from .blocks import CLOSER, NAMES, OPENER
from .habits import BEFORE_VALUE, habit
from .hints import LINES, QUOTES, hint
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

AWAITED = {
    tables.THEN: tables.IF,
    tables.ELSE: tables.IF,
    tables.WHERE: tables.FOR,
    tables.YIELD: tables.FOR,
}
"""Words that go on an expression, and the word that begins it."""

MARK = {tables.RBRACE: "}", tables.RSQB: "]", tables.RPAR: ")"}
SEPARATOR = re.compile(r"(?:\s*[,;]\s*(?:[\w.-]+\s*[=:]\s*)?|\s+[\w.-]+\s*[=:]\s*)\Z", re.ASCII)
"""What stands between two values, perhaps with the name of the second."""
LONGEST_SEPARATOR = 80

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
        or _fields_without_brace(stop)
        or _stray(stop)
        or _open_bracket(stop)
        or _closed_early(stop)
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
    early = _swallowed(stop)
    if early:
        return early
    if _is_long(stop, token):
        return stop.mistake("unterminated string", token, LINES)
    word = stop.word(token - 1)
    if stop.touches(token) and stop.kind(token - 1) in NAMES and stop.word(token) == '"':
        message = f"'{shorten(word)}' without its first quote"
        return stop.mistake(message, token - 1, f'write "{word}"', last=token)
    return stop.mistake("unterminated string", token, "close it with '\"'")


def _swallowed(stop: Stop) -> Mistake | None:
    """`["a, "b"]`: a string without its second quote ends at the first one of the next."""
    for token in (stop.position - 1, stop.position - 2):
        if stop.kind(token) in (tables.STR, tables.FSTR) and stop.touches(token + 1):
            span = stop.span(token)
            last = span.end - 1
            found = SEPARATOR.search(stop.text, max(span.start + 1, last - LONGEST_SEPARATOR), last)
            if found:
                span = span._replace(end=found.start())
                return Mistake(Code.E0, "unterminated string", span, hint="close it with '\"'")
    return None


def _is_long(stop: Stop, token: int) -> bool:
    """Whether the text of a string that its line ends goes on below."""
    below = stop.layout.open_string_below(token)
    ends = below is not None and stop.kind(below - 1) not in BEFORE_VALUE
    return stop.word(token).endswith("\\") or ends


def _value_on_next_line(stop: Stop) -> Mistake | None:
    """`a =` and on the next line `b = 1`: b was taken for the value, but one is missing."""
    before = stop.position - 1
    if stop.kind(stop.position) != tables.EQUAL or stop.kind(before) not in NAMES:
        return None
    if stop.kind(before - 1) == tables.DOT and stop.kind(before - 2) in NAMES:
        before -= 2
    if before <= stop.begin or not stop.layout.leads(before) or tables.EQUAL in stop.accepted:
        return None
    if tables.RSQB in stop.accepted and stop.layout.closers[before] in stop.layout.extra:
        return stop.mistake(f"missing '{{' before {stop.quoted(before)}", before, "add '{'")
    closed = stop.kind(stop.layout.closers[before])
    if stop.kind(before - 1) == tables.LSQB and closed == tables.RSQB:
        return None  # a record in brackets
    if tables.RSQB in stop.accepted:
        opener = stop.layout.open_brackets(stop.member, before)[-1]
        return _missing(stop, "]", f" before {stop.quoted(before)}", before, opener)
    return stop.mistake(f"expected a value after {stop.quoted(before - 1)}", before)


def _fields_without_brace(stop: Stop) -> Mistake | None:
    """`a = b = 1 }`: what reads as the value is a field of a record that nothing opens."""
    at = stop.position - 1
    if stop.kind(stop.position) != tables.EQUAL or stop.kind(at - 1) != tables.EQUAL:
        return None
    if stop.layout.closers[at] not in stop.layout.extra:
        return None
    return stop.mistake(f"missing '{{' before {stop.quoted(at)}", at, "add '{'")


def _stray(stop: Stop) -> Mistake | None:
    """A character or an operator that PCL does not have."""
    if stop.kind(stop.position) != STRAY:
        return None
    text, mend = stop.word(stop.position), stray_hint(stop)
    if stop.wants(tables.EQUAL) and mend == "write '='":
        return stop.mistake(_phrase(stop), stop.position, f"{mend} for '{text}'")
    if text[0] == "'" and len(text) > 2:
        inner = shorten(text[1:-1].replace('"', '\\"'))
        after = stop.position + 1
        whole = not (stop.touches(after) and stop.kind(after) in NAMES)  # as 'it's' is not
        return stop.mistake("single quotes", stop.position, f'write "{inner}"' if whole else QUOTES)
    quoted = f'"{text}"' if text == "''" else stop.quoted(stop.position)
    return stop.mistake(f"unexpected {quoted}", stop.position, mend)


def _open_bracket(stop: Stop) -> Mistake | None:
    """Something comes that cannot stand in a bracket which is still open."""
    kind, leads = stop.kind(stop.position), stop.layout.leads(stop.position)
    opened = stop.layout.open_brackets(stop.member, stop.position)
    if kind == tables.LBRACE and leads:
        return _next_record(stop, opened)
    next_member = leads and stop.layout.begins_member(stop.position)
    if kind not in OPENER and not next_member and not _goes_on(stop, opened):
        return None
    closer = CLOSER[stop.layout.kinds[opened[-1]]] if opened else tables.END
    if closer not in stop.accepted or closer in (kind, tables.END):
        return None
    if stop.position in stop.layout.extra:
        return stop.mistake("unexpected '}'", stop.position, "remove '}'")
    if _is_mistyped(stop, opened):
        return stop.mistake(
            f"unexpected {stop.quoted(stop.position)}",
            stop.position,
            f"write '{MARK[closer]}' for '{MARK[kind]}'",
            notes=(Label(stop.span(opened[-1]), "this is not closed"),),
        )
    before = f" before {stop.quoted(stop.position)}"
    return _missing(stop, MARK[closer], before, stop.position, opened[-1])


def _goes_on(stop: Stop, opened: list[int]) -> bool:
    """Whether a word goes on what began before the last bracket: `if (a then 1 else 2`."""
    first = AWAITED.get(stop.kind(stop.position), tables.END)
    return bool(opened) and first in map(stop.kind, range(stop.member, opened[-1]))


def _is_mistyped(stop: Stop, opened: list[int]) -> bool:
    """Whether a closer stands for another: none of the brackets is its own."""
    kind = stop.kind(stop.position)
    if kind == tables.RBRACE:
        return stop.position in stop.layout.mistyped
    return kind in OPENER and all(stop.kind(token) != OPENER[kind] for token in opened)


def _next_record(stop: Stop, opened: list[int]) -> Mistake | None:
    """The next record of a list before the last one is closed, or '{' as the last '}'."""
    at, layout = stop.position, stop.layout
    if opened and stop.kind(opened[-1]) == tables.LBRACE:
        same = layout.leads(opened[-1]) and layout.column(opened[-1]) == layout.column(at)
        before = f" before {stop.quoted(at)}"
        return _missing(stop, "},", before, at, opened[-1]) if same else None
    if at == stop.end - 1 and layout.column(at) <= layout.column(stop.begin):
        return stop.mistake("unexpected '{'", at, "write '}' for '{'")
    return None


def _closed_early(stop: Stop) -> Mistake | None:
    """`x = { a = 1 }}` and then more members: a '}' too many has ended the module."""
    before = stop.position - 1
    if not stop.wants(tables.MODULE) or before not in stop.layout.extra:
        return None
    return stop.mistake("unexpected '}'", before, "remove '}'")


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
