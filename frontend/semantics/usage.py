"""What is said of a value that does not fit where it is used.

In: a value and an `At`. Out: the E1 that a value has the wrong type, is a secret or is
otherwise refused, where it was written, with a note where it is used if that is elsewhere.
"""

from ...ir.diagnostics import Code, Collector, Label
from ...ir.shape import Shape
from ...ir.value import IntValue, Value
from .at import At
from .instead import instead
from .wording import FOR_SECRETS, described, expected

__all__ = ["misuse", "refuse_secret", "wrong_type"]


def misuse(
    collector: Collector,
    value: Value,
    at: At,
    message: str,
    hint: str | None = None,
    code: Code = Code.E1,
) -> None:
    """Report an error where the value was written; a note is at the field if that is elsewhere."""
    note = Label(at.use, f"used here as '{at.label}' of {at.owner}")
    notes = [note] if at.foreign(value) else []
    collector.error(code, message, value.span, notes=notes, hint=hint)


def wrong_type(collector: Collector, shape: Shape, value: Value, at: At) -> None:
    """Report a value of another type than the shape takes."""
    message = f"'{at.label}' of {at.owner} takes {expected(shape)}, found {described(value)}"
    hint = instead(shape, value)
    is_number = isinstance(value, IntValue) and hint == f'write "{value.value}"'
    if is_number and at.foreign(value):
        hint = 'write f"{…}" where it is used'  # others may want the number
    misuse(collector, value, at, message, hint)


def refuse_secret(collector: Collector, value: Value, at: At) -> None:
    """Report a secret where it is used; where it is declared it is right."""
    notes = [Label(value.span, "the secret")] if at.foreign(value) else []
    message = f"'{at.label}' of {at.owner} may not be a secret"
    collector.error(Code.E1, message, at.place(value), notes=notes, hint=FOR_SECRETS)
