"""Where a value is used, and what is said of one that does not fit there.

In: a value and a `UseSite`. Out: the E1 that a value has the wrong type, is a secret or is
otherwise refused, where it was written, with a note where it is used if that is elsewhere.
"""

from typing import NamedTuple

from ...ir.diagnostics import Code, Collector, Label
from ...ir.names import shorten
from ...ir.schema.shape import Schema, Shape
from ...ir.span import Span
from ...ir.value import IntValue, RecordValue, Value, get
from ..evaluation.poison import POISON, known_text
from ..suggestions.shape_words import FOR_SECRETS, described, expected
from ..suggestions.shaped_values import suggest_value

__all__ = ["UseSite", "owner", "place_of", "report_misuse", "report_secret", "report_wrong_type"]


class UseSite(NamedTuple):
    """Where a value is used: field `label` of `owner`, written at `use` inside `container`."""

    owner: str
    label: str
    use: Span
    container: Span

    @property
    def shown(self) -> str:
        """The field, as messages name it."""
        return f"'{self.label}' of {self.owner}"

    def is_foreign(self, value: Value) -> bool:
        """Whether the value was written elsewhere and came here by reference."""
        return not (_within(value.span, self.container) or _within(value.span, self.use))

    def place(self, value: Value) -> Span:
        """Return where the value stands here: itself, or the field that refers to it."""
        return self.use if self.is_foreign(value) else value.span


def _within(inner: Span, outer: Span) -> bool:
    return inner.file == outer.file and outer.start <= inner.start < outer.end


def report_misuse(
    collector: Collector,
    value: Value,
    at: UseSite,
    message: str,
    hint: str | None = None,
    code: Code = Code.E1,
) -> None:
    """Report an error where the value was written; a note is at the field if that is elsewhere."""
    note = Label(at.use, f"used here as {at.shown}")
    notes = [note] if at.is_foreign(value) else []
    collector.error(code, message, value.span, notes=notes, hint=hint)


def report_wrong_type(collector: Collector, shape: Shape, value: Value, at: UseSite) -> None:
    """Report a value of another type than the shape takes."""
    message = f"{at.shown} takes {expected(shape)}, found {described(value)}"
    hint = suggest_value(shape, value)
    is_number = isinstance(value, IntValue) and hint == f'write "{value.value}"'
    if is_number and at.is_foreign(value):
        hint = 'write f"{…}" where it is used'  # others may want the number
    report_misuse(collector, value, at, message, hint)


def report_secret(collector: Collector, value: Value, at: UseSite) -> None:
    """Report a secret where it is used; where it is declared it is right."""
    notes = [Label(value.span, "the secret")] if at.is_foreign(value) else []
    message = f"{at.shown} may not be a secret"
    collector.error(Code.E1, message, at.place(value), notes=notes, hint=FOR_SECRETS)


def owner(schema: Schema, record: RecordValue) -> str:
    """Name a record in messages: by its `name` or `path` if it has one."""
    for label in ("name", "path"):
        word = known_text(get(record, label))
        if word is not None:
            return f"{schema.name} '{shorten(word)}'"
    return schema.name


def place_of(record: RecordValue) -> Span:
    """Return the place to point at for a record: its name or path, else all of it."""
    for label in ("name", "path"):
        found = get(record, label)
        if found is not None and found is not POISON:
            return found.span
    return record.fields[0].span if record.fields else record.span
