"""How to go on where a token of the language stands in the wrong place.

In: where the parser stopped. Out: a hint, or None where there is nothing to say but
what was expected. Most know a habit from another language.
"""

from ...ir.spell import did_you_mean
from ..syntax import tables
from ..syntax.blocks import HEADS, NAMES
from ..syntax.lexer import STRAY
from ..syntax.well_formed import SCALARS, TYPES
from .expressions import expression_hint
from .phrases import (
    COMMENT,
    FIRST,
    FUNCTIONS,
    GUARD,
    INDICES,
    ITEMS,
    LETTERS,
    LINES,
    LOOP,
    PROGRAM,
    QUOTES,
)
from .stop import STRINGS, VALUES, Stop

__all__ = ["is_name", "unexpected_token_hint"]

ITEM = (*STRINGS, tables.INT, tables.TRUE, tables.FALSE)


def unexpected_token_hint(stop: Stop) -> str | None:
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
    return expression_hint(stop)


def _top_level(stop: Stop) -> str | None:
    word = stop.word(stop.position)
    for head in ("module", "scenario"):
        short = len(word) > 2 and head.startswith(word.lower()[:4])
        if stop.kind(stop.position) == tables.NAME and (
            short or did_you_mean(word.lower(), [head])
        ):
            return f"did you mean '{head}'?"
    if stop.kind(stop.position) in STRINGS:
        return COMMENT
    if stop.kind(stop.position) in (tables.SEMICOLON, tables.COMMA):
        return f"remove '{word}'"
    if stop.kind(stop.position - 1) == tables.RBRACE:
        return "a '}' before it already ends the module"
    defined = stop.kind(stop.position + 1) == tables.EQUAL
    if defined and stop.kind(stop.position + 2) != tables.LBRACE:
        return f"it stands in a module: module NAME {{ {word} = … }}"
    name = _header_name(stop)
    if name:
        return f"write module {name} {{"
    return PROGRAM


def _header_name(stop: Stop) -> str | None:
    """The name of what begins as a part of a program does elsewhere: `[web]`, `class web {`."""
    at, after = stop.position, stop.position + 1
    if stop.kind(at) == tables.LSQB and stop.kind(after) == tables.NAME:
        return stop.word(after)
    if stop.kind(at) != tables.NAME:
        return None
    if stop.kind(after) in (tables.EQUAL, tables.LBRACE):
        return stop.word(at)
    while stop.kind(after) in (tables.STR, tables.NAME) and not stop.layout.leads(after):
        after += 1
    name = stop.word(after - 1).strip('"')
    return name if stop.kind(after) == tables.LBRACE and is_name(name) else None


def _equal(stop: Stop) -> str | None:
    kind = stop.kind(stop.position)
    dotted = stop.kind(stop.position - 2) == tables.DOT
    own = stop.position - 1 == stop.member  # and no field of a record
    after = stop.kind(stop.position + 1)
    if kind == tables.COLON and stop.word(stop.position + 1) in TYPES and own:
        return f"write option {stop.word(stop.position - 1)} : …"
    if kind == tables.COLON:
        return "write '=' for ':'"
    if stop.kind(stop.position - 2) in (tables.WHERE, tables.AND):
        return GUARD
    if kind == tables.DOT and dotted:
        return "a contribution sets a whole member"
    name = stop.word(stop.position - 1)
    if kind == tables.DOT and not own and stop.kind(stop.position + 1) in NAMES:
        return f"write {name} = {{ {stop.word(stop.position + 1)} = … }}"
    if kind == tables.STR and after == tables.LBRACE:
        return f"write {name} = [{{ name = {stop.word(stop.position)} … }}]"
    if kind == tables.COMMA:
        return f"write {name} = …"
    if dotted and kind in (tables.FORCE, tables.DEFAULT):
        target = stop.shown(stop.member, stop.position - 1)[1:-1]
        return f"write {target} = {stop.word(stop.position)} …"
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
    if stop.position - 1 == stop.begin and stop.kind(stop.begin) in HEADS:
        return _head(stop)
    kind, word = stop.kind(stop.position), stop.word(stop.position)
    before, after = stop.kind(stop.position - 1), stop.kind(stop.position + 1)
    named = after in (tables.EQUAL, tables.COLON) or stop.word(stop.position + 1) in (":=", "=>")
    called = before == tables.NAME and not (named or stop.layout.leads(stop.position))
    if kind in (tables.TRUE, tables.FALSE) and not called:
        return f"'{word}' cannot be a name"
    if kind == tables.STR and named:
        is_path = word.startswith('"/')
        return f"write [{{ path = {word} … }}]" if is_path else _unquoted(word)
    if kind in STRINGS and before in STRINGS:
        return "write one text"
    if kind in STRINGS and stop.position == stop.member and stop.layout.leads(stop.position):
        return COMMENT
    if kind == tables.VBAR:
        return 'a choice is between texts: "a" | "b"'
    if kind == tables.INT and before == tables.DOT:
        return INDICES
    if before == tables.FOR:
        return LOOP
    return _entry(stop) if tables.RBRACE in stop.accepted else _type(stop)


def _head(stop: Stop) -> str:
    """What stands where a module or scenario has its name."""
    head, at = stop.word(stop.begin), stop.position
    if stop.kind(at) in (tables.TRUE, tables.FALSE):
        return f"'{stop.word(at)}' cannot be a name"
    if stop.kind(at) == tables.STR:
        return _unquoted(stop.word(at))
    is_name = stop.kind(at) == tables.COLON and stop.kind(at + 1) == tables.NAME
    return f"write {head} {stop.word(at + 1) if is_name else 'NAME'} {{"


def _unquoted(word: str) -> str:
    quoted = word[1:-1]
    return f"names stand without quotes: {quoted}" if is_name(quoted) else LETTERS


def _entry(stop: Stop) -> str | None:
    """What stands where a member or a field could begin."""
    kind, word = stop.kind(stop.position), stop.word(stop.position)
    before = stop.kind(stop.position - 1)
    if kind in (tables.RSQB, tables.RPAR):
        return f"remove '{word}'"
    if kind == tables.LBRACE and before == tables.COMMA:
        return ITEMS
    if kind == before and kind in (tables.LBRACE, tables.COMMA, tables.SEMICOLON):
        return f"remove '{word}'"
    after = stop.position + 1
    if kind == tables.INT and stop.touches(after) and stop.kind(after) in NAMES:
        return FIRST
    if kind in ITEM and before in (tables.LBRACE, tables.COMMA) and stop.position != stop.member:
        return ITEMS
    if kind == tables.LSQB and stop.layout.leads(stop.position):
        return _table(stop)
    if kind == tables.LSQB and stop.touches(stop.position):
        return INDICES
    called = before == tables.NAME and kind in VALUES and not stop.layout.leads(stop.position)
    is_call = called or kind in (tables.LPAR, tables.DOT)
    return FUNCTIONS if is_call or (kind == tables.COLON and before == tables.NAME) else None


def _table(stop: Stop) -> str | None:
    """`[site]` and `[[site]]`, with which a table, and one of a list of them, begins in TOML."""
    doubled = stop.kind(stop.position + 1) == tables.LSQB
    name = stop.position + 1 + doubled
    if stop.kind(name) not in NAMES or stop.kind(name + 1) != tables.RSQB:
        return None
    return f"write {stop.word(name)} = {'[{ … }]' if doubled else '{ … }'}"


def _type(stop: Stop) -> str | None:
    """What stands where a type is wanted."""
    kind, before = stop.kind(stop.position), stop.kind(stop.position - 1)
    if kind == tables.COLON and stop.kind(stop.position + 1) == STRAY:
        return QUOTES
    if kind == tables.LSQB and before == tables.COLON and stop.word(stop.position + 1) in TYPES:
        return f"write List[{stop.word(stop.position + 1)}]"
    if kind == tables.RSQB and before == tables.LSQB:
        item = stop.word(stop.position - 2)
        return f"write List[{item if item in SCALARS else 'Str'}]"
    return None


def is_name(text: str) -> bool:
    """Whether a text may be the name of a module or member."""
    return text.isascii() and text[:1] != "-" and text.replace("-", "_").isidentifier()
