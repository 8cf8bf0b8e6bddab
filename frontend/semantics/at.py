"""What the checker of values is told besides the value: where it is used, and what names mean.

In: places and names of a program. Out: `At`, `NameRules`.
"""

from typing import NamedTuple, Protocol

from ...ir.shape import Schema
from ...ir.span import Span
from ...ir.text import Out
from ...ir.value import TextValue, Value

__all__ = ["At", "NameRules"]


class At(NamedTuple):
    """Where a value is used: field `label` of `owner`, written at `use` inside `container`."""

    owner: str
    label: str
    use: Span
    container: Span

    def foreign(self, value: Value) -> bool:
        """Whether the value was written elsewhere and came here by reference."""
        return not (_within(value.span, self.container) or _within(value.span, self.use))

    def place(self, value: Value) -> Span:
        """Return where the value stands here: itself, or the field that refers to it."""
        return self.use if self.foreign(value) else value.span


def _within(inner: Span, outer: Span) -> bool:
    return inner.file == outer.file and outer.start <= inner.start < outer.end


class NameRules(Protocol):
    """What names mean in the program at hand."""

    def name(self, kind: str, text: TextValue, word: str | None, at: At) -> None:
        """Report a text that is not the name of what it should name."""

    def own(self, part: Out) -> bool:
        """Whether a store path is that of the package which is being checked."""

    def arguments(self) -> tuple[str, Schema] | None:
        """Return the recipe of the package that is being checked, and its arguments."""

    def as_record(self, value: Value, schema: Schema | None) -> Value | None:
        """Return the members of the data module that a text names; None if it names none."""
