"""Numbers, quotes and marks before the place at which the parser stopped, that are the mistake.

In: where it stopped. Out: a `Mistake` at the token that is wrong, or None: `./src` is a
path in other languages, and two marks and a name here.
"""

import re

from ..syntax import tables
from ..syntax.blocks import NAMES
from ..syntax.lexer import STRAY
from ..syntax.mistake import Mistake, shorten
from .phrases import LINES, LISTS, RECORDS
from .stop import BEFORE_ITEM, BEFORE_VALUE, STRINGS, Stop

__all__ = ["malformed_literal"]

GLUED = NAMES | {tables.INT, tables.DOT, tables.COLON, STRAY}
UNQUOTED = (
    r"(?a)[0-9][A-Za-z0-9_.:/]*|[0-9][\w.:/-]*[A-Za-z.][\w.:/-]*|[0-9]+(?:-[0-9]+){2,}"
    r"|[0-9.]+%|--?[A-Za-z][\w.:/=-]*|[vV][0-9]+(?:\.[0-9]+)+|(?:\.{1,2}|~)?/[^/\s*]\S*|[a-z]+://\S+"
)
NUMBER = r"0[xX][0-9A-Fa-f]+|0[bB][01]+|0[oO][0-7]+|[0-9]+(?:_[0-9]+)+"


def malformed_literal(stop: Stop) -> Mistake | None:
    """Recognise a mistake in a number, a text or a mark by what stands around the place."""
    return (
        _shell_text(stop)
        or _arrow(stop)
        or _spread(stop)
        or _number(stop)
        or _unquoted(stop)
        or _f_single(stop)
        or _inner_quote(stop)
        or _prefixed(stop)
    )


def _shell_text(stop: Stop) -> Mistake | None:
    """Lines between two `""`: the first word below the empty string reads as a name."""
    at = stop.position - 1
    if not stop.wants(tables.EQUAL) or stop.word(at - 1) != '""' or not stop.layout.leads(at):
        return None
    return stop.mistake('unexpected ""', at - 1, LINES)


def _arrow(stop: Stop) -> Mistake | None:
    """`Site->port`: the '-' reads as the end of the name."""
    at = stop.position
    owner, arrow = stop.word(at - 1), stop.word(at)
    if not (owner.endswith("-") and arrow == ">" and stop.touches(at)):
        return None
    named = stop.touches(at + 1) and stop.kind(at + 1) in NAMES
    last = at + 1 if named else at
    hint = f"write {owner.rstrip('-')}.{stop.word(last)}" if named else None
    return stop.mistake(f"unexpected {stop.shown(at - 1, last)}", at - 1, hint, last=last)


def _spread(stop: Stop) -> Mistake | None:
    """`[...a]`, `{ **a }`: all that another list or record has."""
    at = stop.position
    last = at + 2 if stop.kind(at) == tables.DOT else at
    text = "".join(map(stop.word, range(at, last + 1)))
    if text not in ("...", "*", "**") or stop.kind(at - 1) not in BEFORE_ITEM:
        return None
    opened = stop.layout.open_brackets(stop.member, at)
    hint = {tables.LSQB: LISTS, tables.LBRACE: RECORDS}.get(stop.kind(opened[-1] if opened else -1))
    return stop.mistake(f"unexpected '{text}'", at, hint, last=last)


def _number(stop: Stop) -> Mistake | None:
    """`0xff`, `0o644`, `1_000`: numbers have decimal digits only."""
    for last in (stop.position, stop.position - 1):
        text = stop.word(last - 1) + stop.word(last)
        if stop.touches(last) and re.fullmatch(NUMBER, text):
            hint = f"write {int(text, 0)}"
            if text[1] in "oO":
                hint += f', or "0{text[2:]}" for a file mode'
            return stop.mistake(f"'{shorten(text)}' is not decimal", last - 1, hint, last=last)
    return None


def _unquoted(stop: Stop) -> Mistake | None:
    """`64M`, `1.5`, `./src`, `https://…`: a text without its quotes."""
    for token in (stop.position, stop.position - 1):
        if stop.kind(token) not in GLUED:
            continue
        first = last = token
        while stop.kind(first - 1) in GLUED and stop.touches(first):
            first -= 1
        while stop.kind(last + 1) in GLUED and stop.touches(last + 1):
            last += 1
        is_option = stop.word(first).startswith("-") and stop.kind(last + 1) == tables.EQUAL
        if is_option and stop.touches(last + 1) and stop.touches(last + 2):
            last += 2
        text = stop.text[stop.layout.spans[first][0] : stop.layout.spans[last][1]]
        before = stop.kind(first - 1)
        if re.match("-[^-]", text) and before not in BEFORE_ITEM:
            continue  # `x = -y` is meant as a number
        if first < last and before in BEFORE_VALUE and re.fullmatch(UNQUOTED, text):
            message = f"{stop.shown(first, last)} without quotes"
            return stop.mistake(message, first, f'write "{text}"', last=last)
    return None


def _f_single(stop: Stop) -> Mistake | None:
    """`f'…'`."""
    at = stop.position
    text = stop.word(at)
    if stop.kind(at) != STRAY or text[0] != "'" or len(text) < 3 or '"' in text:
        return None
    if stop.word(at - 1) != "f" or not stop.touches(at):
        return None
    return stop.mistake("single quotes", at - 1, f'write f"{text[1:-1]}"', last=at)


def _inner_quote(stop: Stop) -> Mistake | None:
    """`"say "hi""`: a quote inside a string ends it, and what follows touches it."""
    for token in (stop.position - 1, stop.position):
        inside = stop.kind(token) in (tables.NAME, STRAY)
        if inside and stop.kind(token - 1) in STRINGS and stop.touches(token):
            hint = 'inside a string a quote is written \\"'
            return stop.mistake(f"unexpected {stop.quoted(token)}", token, hint)
    return None


def _prefixed(stop: Stop) -> Mistake | None:
    """`r"…"`, `F"…"`, `b"…"`: a letter before a string that is none of ours."""
    at = stop.position
    if stop.kind(at) not in STRINGS or stop.kind(at - 1) != tables.NAME or not stop.touches(at):
        return None
    prefix = stop.word(at - 1)
    hint = f"write f{stop.word(at)}" if prefix == "F" else 'raw text stands in """ … """'
    return stop.mistake(f"unexpected '{prefix}'", at - 1, hint)
