"""What an error, already reported, leaves in the place of a value."""

from typing import Final

from ...ir.span import Span
from ...ir.value import TextValue, Value

__all__ = ["POISON"]

POISON: Final[Value] = TextValue(("",), Span("", 0, 0))
"""Compare by identity; no evaluated text is equal to it, because texts hold no empty parts."""
