"""Says in the user's words why the parser stopped.

In: the token at which it stopped, what could have come there, and the layout of
the file. Out: a `Mistake` with a phrase, the exact place and often a hint.
"""

import re

from ...ir.depth import MAX_NESTING
from ...ir.diagnostics import Code
from ..syntax import tables
from ..syntax.blocks import CLOSER, NAMES
from ..syntax.lexer import OPEN_RAW, STRAY
from ..syntax.mistake import Mistake, shorten
from .brackets import at_end, unbalanced, without_value
from .keywords import misused_word
from .phrases import LINES, QUOTES
from .stop import BEFORE_VALUE, Stop
from .stray_characters import stray_hint
from .unexpected_tokens import unexpected_token_hint

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

SEPARATOR = re.compile(r"(?:\s*[,;]\s*(?:[\w.-]+\s*[=:]\s*)?|\s+[\w.-]+\s*[=:]\s*)\Z", re.ASCII)
"""What stands between two values, perhaps with the name of the second."""
LONGEST_SEPARATOR = 80

BEFORE_MEMBER = (tables.LBRACE, tables.COMMA, tables.SEMICOLON)


def explain(stop: Stop) -> Mistake:
    """Say what is wrong where the parser stopped."""
    if stop.too_deep:
        return stop.mistake(f"nested too deep (more than {MAX_NESTING} levels)", stop.position)
    if stop.position >= stop.end:
        return at_end(stop) or stop.mistake(_phrase(stop), stop.position)
    return (
        _open_string(stop)
        or misused_word(stop)
        or without_value(stop)
        or _stray(stop)
        or unbalanced(stop)
        or stop.mistake(_phrase(stop), stop.position, unexpected_token_hint(stop))
    )


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


def _stray(stop: Stop) -> Mistake | None:
    """A character or an operator that PCL does not have."""
    if stop.kind(stop.position) != STRAY:
        return None
    text, mend = stop.word(stop.position), stray_hint(stop)
    if stop.wants(tables.EQUAL) and mend == "write '='":
        return stop.mistake(_phrase(stop), stop.position, f"{mend} for '{text}'")
    is_name = tables.NAME in stop.accepted and tables.LPAR not in stop.accepted
    if text[0] == "'" and is_name and len(text) > 2:
        mend = f"names stand without quotes: {text[1:-1]}"
        return stop.mistake("single quotes", stop.position, mend)
    if text[0] == "'" and len(text) > 2:
        inner = shorten(text[1:-1].replace('"', '\\"'))
        after = stop.position + 1
        whole = not (stop.touches(after) and stop.kind(after) in NAMES)  # as 'it's' is not
        return stop.mistake("single quotes", stop.position, f'write "{inner}"' if whole else QUOTES)
    quoted = f'"{text}"' if text == "''" else stop.quoted(stop.position)
    return stop.mistake(f"unexpected {quoted}", stop.position, mend)


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
