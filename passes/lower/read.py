"""Values of a program, read by the schema that they follow.

In: a record value and its schema. Out: its fields as Python values of the wanted
type, with aliases resolved and defaults filled in. The frontend has checked all
of it; a program that came from elsewhere and does not fit ends in a located E1.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Self, TypeVar, cast

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import BadName, CheckedStr, Label
from ...ir.program import Module
from ...ir.schema.shape import Schema
from ...ir.span import Span
from ...ir.text import Text
from ...ir.value import BoolValue, Field, IntValue, ListValue, RecordValue, TextValue, Value, plain

__all__ = [
    "Fields",
    "as_record",
    "both",
    "checked",
    "directive_text",
    "every",
    "misfit",
    "record_of",
    "text_of",
    "word_of",
]

A = TypeVar("A")
B = TypeVar("B")
N = TypeVar("N", bound=CheckedStr)
V = TypeVar("V", bound=Value)


def misfit(message: str, span: Span, *, hint: str | None = None) -> ProgramError:
    """Return an E1 to raise."""
    return ProgramError([Diagnostic(Code.E1, message, span, hint=hint)])


def every(makes: Iterable[Callable[[], A]]) -> tuple[A, ...]:
    """Return what each function gives; raises ProgramError with the errors of all that fail."""
    made: list[A] = []
    found: list[Diagnostic] = []
    for make in makes:
        try:
            made.append(make())
        except ProgramError as problem:
            found.extend(problem.diagnostics)
    if found:
        raise ProgramError(found)
    return tuple(made)


def both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Do the same for two functions that give different things."""
    makes: tuple[Callable[[], A | B], ...] = (first, second)
    return cast(tuple[A, B], every(makes))


def as_record(module: Module) -> RecordValue:
    """Return a module's members as one record."""
    fields = (Field(member.name, member.value, member.span) for member in module.members)
    return RecordValue(tuple(fields), module.span)


class Fields:
    """A record by its schema: what is given, under the schema's own names, else the default."""

    def __init__(self, record: RecordValue, schema: Schema) -> None:
        given = ((field.label, field.value) for field in record.fields)
        self._open(given, schema, record.span)

    @classmethod
    def of(cls, module: Module, schema: Schema) -> Self:
        """Read a module's members as the fields of a record."""
        made = cls.__new__(cls)
        made._open(((one.name, one.value) for one in module.members), schema, module.span)
        return made

    def _open(self, given: Iterable[tuple[Label, Value]], schema: Schema, span: Span) -> None:
        self.span = span
        self._schema = schema
        self._given: dict[str, Value] = {}
        for label, value in given:
            spec = schema.get(label)
            if spec is not None:
                self._given[spec.name] = value

    def gives(self, name: str) -> bool:
        """Whether a field was written."""
        return name in self._given

    def has(self, name: str) -> bool:
        """Whether a field has a value or a default."""
        return self.gives(name) or self._schema[name].default is not None

    def find(self, name: str) -> Value | None:
        """Return a field's value or default; None if it has neither."""
        given = self._given.get(name)
        return self._schema[name].default_value(self.span) if given is None else given

    def complete(self) -> RecordValue:
        """Return the record with aliases resolved and defaults filled in."""
        found = ((spec.name, self.find(spec.name)) for spec in self._schema.fields)
        fields = (Field(Label(name), value, value.span) for name, value in found if value)
        return RecordValue(tuple(sorted(fields, key=lambda field: field.label)), self.span)

    def _need(self, name: str, kind: type[V], wanted: str) -> V:
        value = self.find(name)
        if value is None:
            raise misfit(f"{self._schema.name} lacks '{name}'", self.span)
        if not isinstance(value, kind):
            raise misfit(f"'{name}' is not {wanted}", value.span)
        return value

    def text(self, name: str) -> str:
        """Return a text that must be plain."""
        value = self._need(name, TextValue, "a Str")
        text = plain(value)
        if text is None:
            raise misfit(f"'{name}' must be a plain text", value.span)
        return text

    def maybe(self, name: str) -> str | None:
        """Return a plain text, None if the field is absent."""
        return self.text(name) if self.has(name) else None

    def name(self, name: str, rule: type[N]) -> N:
        """Return a plain text as a checked name."""
        return checked(self.text(name), rule, self.span_of(name))

    def maybe_name(self, name: str, rule: type[N]) -> N | None:
        """Return a plain text as a checked name, None if the field is absent."""
        return self.name(name, rule) if self.has(name) else None

    def symbolic(self, name: str) -> Text:
        """Return a text with its symbolic parts."""
        return self._need(name, TextValue, "a Str").text

    def choice(self, name: str, choices: Collection[str]) -> str:
        """Return a plain text that must be one of several."""
        word = self.text(name)
        if word not in choices:
            raise misfit(f"'{word}' is not one of {', '.join(choices)}", self.span_of(name))
        return word

    def flag(self, name: str) -> bool:
        """Return a Bool."""
        return self._need(name, BoolValue, "a Bool").value

    def number(self, name: str) -> int:
        """Return an Int."""
        return self._need(name, IntValue, "an Int").value

    def items(self, name: str) -> tuple[Value, ...]:
        """Return the items of a list."""
        return self._need(name, ListValue, "a list").items

    def record(self, name: str) -> RecordValue:
        """Return a record."""
        return self._need(name, RecordValue, "a record")

    def texts(self, name: str) -> tuple[Text, ...]:
        """Return a list of texts with their symbolic parts."""
        return tuple(text_of(item) for item in self.items(name))

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of plain texts."""
        return tuple(word_of(item) for item in self.items(name))

    def span_of(self, name: str) -> Span:
        """Return where a field's value was written; the record, if it is a default."""
        value = self._given.get(name)
        return self.span if value is None else value.span


def checked(text: str, rule: type[N], span: Span) -> N:
    """Return a text as a checked name, or raise E1 at `span`."""
    try:
        return rule(text)
    except BadName as problem:
        raise misfit(str(problem), span) from None


def text_of(value: Value) -> Text:
    """Return the text of a value that must be one."""
    if not isinstance(value, TextValue):
        raise misfit("not a Str", value.span)
    return value.text


def record_of(value: Value) -> RecordValue:
    """Return a value that must be a record."""
    if not isinstance(value, RecordValue):
        raise misfit("not a record", value.span)
    return value


def directive_text(value: Value) -> Text:
    """Return the text of a directive's value: a Str, or a Bool or Int as systemd writes it."""
    if isinstance(value, BoolValue):
        return ("true" if value.value else "false",)
    if isinstance(value, IntValue):
        return (str(value.value),)
    return text_of(value)


def word_of(value: Value) -> str:
    """Return the string of a value that must be a plain text."""
    word = plain(value)
    if word is None:
        raise misfit("not a plain text", value.span)
    return word
