"""Mistakes with brackets: one that is missing, one too many, one of another kind.

In: where the parser stopped. Out: a `Mistake` at the bracket, or where it belongs, with a
note at the one that is left open; None where brackets are not to blame.
"""

from ...ir.diagnostics import Label
from ..syntax import tables
from ..syntax.blocks import CLOSER, HEADER_SIZE, NAMES, OPENER
from ..syntax.mistake import Mistake
from .phrases import ADD_BRACE
from .stop import Stop

__all__ = ["at_end", "unbalanced", "without_value"]

MARK = {tables.RBRACE: "}", tables.RSQB: "]", tables.RPAR: ")"}

AWAITED = {
    tables.THEN: tables.IF,
    tables.ELSE: tables.IF,
    tables.WHERE: tables.FOR,
    tables.YIELD: tables.FOR,
}
"""Words that go on an expression, and the word that begins it."""


def without_value(stop: Stop) -> Mistake | None:
    """No value stands behind a '=', or what does needs a '{' before it."""
    return _value_on_next_line(stop) or _fields_without_brace(stop)


def unbalanced(stop: Stop) -> Mistake | None:
    """A bracket too many has closed something, or one that is open cannot hold what comes."""
    return _closed_early(stop) or _open_bracket(stop)


def at_end(stop: Stop) -> Mistake | None:
    """The block ends too soon: most often a closing bracket is missing."""
    opened = stop.layout.open_brackets(stop.begin, stop.end)
    closer = CLOSER[stop.layout.kinds[opened[-1]]] if opened else tables.END
    if closer not in stop.accepted:
        return None
    if len(opened) == 1 and stop.layout.nested(stop.begin, stop.end):
        return _nested(stop)
    next_block = stop.layout.kind(stop.end)
    before = " before 'module'" if next_block == tables.MODULE else ""
    before = " before 'scenario'" if next_block == tables.SCENARIO else before
    opener, place = _left_open(stop, stop.begin, opened[-1]), stop.position
    below = _below(stop, opener)
    if below is not None:
        before, place = f" before {stop.quoted(below)}", below
    return _missing(stop, MARK[closer], before, place, opener)


def _nested(stop: Stop) -> Mistake:
    """A module inside another."""
    outer = stop.word(stop.begin + 1)
    note = Label(stop.span(stop.begin + 1), f"'{outer}' begins here")
    message = f"modules do not nest: this stands in '{outer}'"
    return stop.mistake(message, stop.position, f"put it behind '{outer}'", notes=(note,))


def _missing(stop: Stop, mark: str, before: str, token: int, opener: int) -> Mistake:
    note = Label(stop.span(opener), "this is not closed")
    return stop.mistake(f"missing '{mark}'{before}", token, f"add '{mark}'", notes=(note,))


def _below(stop: Stop, opener: int) -> int | None:
    """The first token on a line that, by its indentation, is no longer in a bracket."""
    layout = stop.layout
    if opener == stop.begin + HEADER_SIZE - 1:
        return None
    for token in range(opener + 1, stop.end):
        if layout.leads(token) and layout.column(token) <= layout.indent(opener):
            return token
    return None


def _left_open(stop: Stop, begin: int, innermost: int) -> int:
    """Guess which bracket was forgotten: the first whose '}' is further left than its line."""
    layout, opened = stop.layout, list[int]()
    for token in range(begin, stop.position):
        closes = layout.kinds[token] == tables.RBRACE and opened and layout.leads(token)
        if closes and layout.column(token) < layout.indent(opened[-1]):
            return opened[-1]
        layout.bracket(opened, token)
    return innermost


def _value_on_next_line(stop: Stop) -> Mistake | None:
    """`a =` and on the next line `b = 1`: b was taken for the value, but one is missing."""
    before = stop.position - 1
    if stop.kind(stop.position) != tables.EQUAL or stop.kind(before) not in NAMES:
        return None
    if stop.kind(before - 1) == tables.DOT and stop.kind(before - 2) in NAMES:
        before -= 2
    if before <= stop.begin or not stop.layout.leads(before) or tables.EQUAL in stop.accepted:
        return None
    closed = stop.kind(stop.layout.closers[before])
    if stop.kind(before - 1) == tables.LSQB and closed == tables.RSQB:
        return None  # a record in brackets
    if stop.layout.closers[before] in stop.layout.extra:
        return stop.mistake(f"missing '{{' before {stop.quoted(before)}", before, ADD_BRACE)
    if tables.RSQB in stop.accepted:
        opener = stop.layout.open_brackets(stop.member, before)[-1]
        return _missing(stop, "]", f" before {stop.quoted(before)}", before, opener)
    return stop.mistake(f"expected a value after {stop.quoted(before - 1)}", before)


def _fields_without_brace(stop: Stop) -> Mistake | None:
    """`a = b = 1 }`, `a = }`: what reads as the value stands in a record that nothing opens."""
    at, extra = stop.position, stop.layout.extra
    if stop.kind(at) == tables.EQUAL and stop.layout.closers[at - 1] in extra:
        at -= 1
    elif at not in extra:
        return None
    if stop.kind(at - 1) != tables.EQUAL:
        return None
    return stop.mistake(f"missing '{{' before {stop.quoted(at)}", at, ADD_BRACE)


def _closed_early(stop: Stop) -> Mistake | None:
    """`x = { a = 1 }}` and then more members: a '}' too many has ended the module or record."""
    if stop.wants(tables.MODULE):
        begin = stop.begin
    elif stop.kind(stop.position) == tables.RBRACE:
        begin = stop.member
    else:
        return None
    extra = stop.layout.extra
    found = next((token for token in range(begin, stop.position + 1) if token in extra), None)
    return None if found is None else stop.mistake("unexpected '}'", found, "remove '}'")


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
    if _is_mistyped(stop, opened):
        return stop.mistake(
            f"unexpected {stop.quoted(stop.position)}",
            stop.position,
            f"write '{MARK[closer]}' for '{MARK[kind]}'",
            notes=(Label(stop.span(opened[-1]), "this is not closed"),),
        )
    before = f" before {stop.quoted(stop.position)}"
    opener = opened[-1]
    if closer == tables.RBRACE:
        opener = _left_open(stop, stop.member, opener)
    return _missing(stop, MARK[closer], before, stop.position, opener)


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
