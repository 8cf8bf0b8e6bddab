"""Kinds of tokens that explanations tell apart.

In: nothing. Out: sets of kinds.
"""

from . import tables

__all__ = ["BEFORE_ITEM", "BEFORE_VALUE", "STRINGS", "VALUES"]

STRINGS = (tables.STR, tables.RAW, tables.FSTR, tables.FRAW)
VALUES = frozenset(
    {*STRINGS, tables.INT, tables.LBRACE, tables.LSQB, tables.TRUE, tables.FALSE, tables.NAME}
)
"""What a value may begin with."""
BEFORE_VALUE = frozenset(
    {tables.EQUAL, tables.LSQB, tables.COMMA, tables.THEN, tables.ELSE, tables.YIELD}
    | {tables.FORCE, tables.DEFAULT, tables.DISTINCT}
)
"""What stands before a value."""

BEFORE_ITEM = (tables.LSQB, tables.LBRACE, tables.COMMA)
