"""How to go on inside an expression or a type, where a token stands in the wrong place.

In: where the parser stopped. Out: a hint, or None.
"""

from ...ir.spell import did_you_mean
from ..syntax import tables
from ..syntax.blocks import CLOSER
from .phrases import COMPARES, CONDITION, FIELDS, FUNCTIONS, ITEMS, LOOP
from .stop import VALUES, Stop

__all__ = ["expression_hint"]

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

ELSE_IF = ("elif", "elseif", "elsif")
JUNCTIONS = {
    "or": "write if a then … else if b then … else …",
    "and": "write if a then if b then … else … else …",
}


def expression_hint(stop: Stop) -> str | None:
    """Say how to go on where neither a name nor a value can stand."""
    kind, accepted = stop.kind(stop.position), stop.accepted
    if tables.THEN in accepted and kind in (tables.EQUAL, tables.IN):
        return COMPARES
    if tables.VBAR in accepted and kind == tables.STR:
        return 'a choice is written "a" | "b"'
    if kind == tables.COMMA and accepted == {tables.RSQB}:
        is_list = stop.word(stop.position - 3) == "List"
        return "a list has one type" if is_list else "a record type is written { name: Str }"
    if kind == tables.LPAR and stop.touches(stop.position):
        return FUNCTIONS
    if tables.THEN in accepted or tables.ELSE in accepted or tables.YIELD in accepted:
        return _keyword(stop) or (CONDITION if tables.YIELD not in accepted else LOOP)
    if tables.IN in accepted:
        return _keyword(stop) or LOOP
    if tables.LBRACE in accepted and stop.position - 2 == stop.begin:
        more = f"-{stop.word(stop.position + 1)}" if kind == tables.DOT else ""
        return f"write {stop.word(stop.begin)} {stop.word(stop.position - 1)}{more} {{"
    return _in_brackets(stop)


def _in_brackets(stop: Stop) -> str | None:
    """What stands behind an item of a list, or what parentheses hold."""
    kind, accepted = stop.kind(stop.position), stop.accepted
    if kind == tables.EQUAL and accepted & {tables.RSQB, tables.RPAR}:
        return FIELDS
    if kind == tables.COMMA and tables.RPAR in accepted:
        return ITEMS
    if not accepted >= {tables.RSQB, tables.COMMA}:
        return None
    if kind == tables.FOR:
        return "write for x in … yield …, without brackets"
    if kind == tables.SEMICOLON:
        return "write ',' for ';'"
    return None if kind in CLOSER.values() else "add ','"


def _keyword(stop: Stop) -> str | None:
    """Say which of the words that could come was meant, or is missing."""
    accepted = stop.accepted
    words = [word for kind, word in KEYWORDS.items() if kind in accepted]
    word, kind = stop.word(stop.position), stop.kind(stop.position)
    meant = OTHER_KEYWORDS.get(word)
    if meant in words:
        return f"did you mean '{meant}'?"
    if word.lower() in ELSE_IF and "else" in words:
        return "did you mean 'else if'?"
    if word in JUNCTIONS and "then" in words:
        return f"PCL has no '{word}' in conditions: {JUNCTIONS[word]}"
    if word == "or":
        return "PCL has no 'or' in guards: write two 'for'"
    if "where" in words and kind in (tables.IF, tables.COMMA):
        return f"write '{'where' if kind == tables.IF else 'and'}' for '{word}'"
    near = did_you_mean(word, words) if kind == tables.NAME else None
    missing = [KEYWORDS[end] for end in (tables.THEN, tables.YIELD, tables.IN) if end in accepted]
    begins = kind in VALUES and kind != tables.LBRACE
    return near or (f"add '{missing[0]}'" if missing and begins else None)
