"""What is wrong with the text of a program, on its way to the collector.

In: a code, a phrase and places. Out: `Mistake`, raised where a node would be made of a rule
that is broken, and returned where it is found by looking.
"""

from ...ir.diagnostics import Code, Label
from ...ir.span import Span

__all__ = ["Mistake", "shorten"]


class Mistake(ValueError):
    """A rule that is broken: code, phrase, place, other places and a hint."""

    def __init__(
        self,
        code: Code,
        message: str,
        span: Span,
        *,
        notes: tuple[Label, ...] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.span = code, message, span
        self.notes, self.hint = notes, hint


def shorten(text: str) -> str:
    """Keep what a message quotes to a length that a person reads."""
    return text if len(text) <= 40 else f"{text[:37]}..."
