"""Evaluated values: what an expression came to, and where it was written.

A text is a tuple of parts (see `text`); the fields of a record are sorted by
label. A secret is a `TextValue` whose only part is a `Secret`; secrecy is thus
a mark that follows the value.
"""

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from typing import TypeAlias

from .names import Label
from .node import Node, node, uncompared
from .span import Span
from .text import Secret, Text, literal

__all__ = [
    "ArtifactValue",
    "BoolValue",
    "Field",
    "IntValue",
    "ListValue",
    "RecordValue",
    "TextValue",
    "Value",
    "get",
    "is_secret",
    "plain",
    "texts",
]


@node("bool-value")
class BoolValue(Node):
    """`true`."""

    value: bool
    span: Span = uncompared()


@node("int-value")
class IntValue(Node):
    """`8080`."""

    value: int
    span: Span = uncompared()


@node("text-value")
class TextValue(Node):
    """`"a"`, `Hello.out`, `f"{Hello.out}/bin/hi"`."""

    text: Text
    span: Span = uncompared()


@node("artifact-value")
class ArtifactValue(Node):
    """`{ artifact = { host = "db" name = "cert" } }`: made on another host."""

    host: str
    name: str
    span: Span = uncompared()


@node("list-value")
class ListValue(Node):
    """`["a", "b"]`."""

    items: tuple["Value", ...]
    span: Span = uncompared()


@node("field-value")
class Field(Node):
    """`port = 80`; the span is the label's, the value has its own."""

    label: Label
    value: "Value"
    span: Span = uncompared()


@node("record-value")
class RecordValue(Node):
    """`{ host = "a" port = 80 }`, sorted by label."""

    fields: tuple[Field, ...]
    span: Span = uncompared()


_label = attrgetter("label")

Value: TypeAlias = BoolValue | IntValue | TextValue | ArtifactValue | ListValue | RecordValue


def get(record: RecordValue, label: str) -> Value | None:
    """Return the value of a field, None if the record lacks it."""
    at = bisect_left(record.fields, label, key=_label)
    found = record.fields[at] if at < len(record.fields) else None
    return found.value if found is not None and found.label == label else None


def is_secret(value: Value) -> bool:
    """Whether a value is a reference to a secret."""
    return isinstance(value, TextValue) and any(isinstance(part, Secret) for part in value.text)


def plain(value: Value) -> str | None:
    """Return a text that holds no symbolic part as a string; None for any other value."""
    return literal(value.text) if isinstance(value, TextValue) else None


def texts(value: Value) -> Iterator[TextValue]:
    """Yield the texts in a value, in the order of its fields and items."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, TextValue):
            yield current
        elif isinstance(current, RecordValue):
            waiting += [field.value for field in reversed(current.fields)]
        elif isinstance(current, ListValue):
            waiting += reversed(current.items)
