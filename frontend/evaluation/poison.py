"""What an error, already reported, leaves in the place of a value.

In: values. Out: the one that stands for none, and what is known of a value beside it.
"""

from typing import Final

from ...ir.span import Span
from ...ir.value import TextValue, Value, plain

__all__ = ["POISON", "known_text"]

POISON: Final[Value] = TextValue(("",), Span("", 0, 0))
"""Compare by identity; no evaluated text is equal to it, because texts hold no empty parts."""


def known_text(value: Value | None) -> str | None:
    """Return the plain text that a value is; None for any other, for none, and for POISON."""
    return None if value is None or value is POISON else plain(value)
