"""How a value becomes what a field takes: a list of it, a record with it, several words.

In: a shape, and a value of another type. Out: a hint, or None.
"""

from ...ir.names import shorten
from ...ir.shape import ListShape, RecordShape, Schema, Shape, TaggedShape, TextShape
from ...ir.value import IntValue, RecordValue, TextValue, Value, plain
from .fitting import broken_rule
from .wording import expected, record_schema

__all__ = ["wrapped"]

LONGEST = 60


def wrapped(shape: Shape, value: Value) -> str | None:
    """Say how a list, a record or a secret is written, with what is there if it can stand in it."""
    if isinstance(shape, ListShape):
        return _as_list(shape.item, value)
    if isinstance(shape, TaggedShape) and isinstance(value, TextValue):
        return _as_source(plain(value) or "")
    if isinstance(shape, TextShape) and shape.secret and isinstance(value, RecordValue):
        return 'a secret is { from_env = "NAME" } or { from_file = "PATH" }'
    if expected(shape) != "a record":
        return None
    schema = shape.schema if isinstance(shape, RecordShape) else None
    return (schema and _as_field(schema, value)) or "write { name = value … }"


def _as_list(item: Shape, value: Value) -> str | None:
    if isinstance(value, RecordValue):
        return _as_records(record_schema(item), value)
    if not isinstance(item, TextShape):
        return None
    if isinstance(value, IntValue):
        return f'write ["{value.value}"]'
    words = (plain(value) or "").split() if isinstance(value, TextValue) else []
    if len(words) < 2 or item == TextShape() or not _is_quotable(" ".join(words)):
        return None  # a line of its own, as tmpfiles has them, stays one
    shown = ", ".join(f'"{word}"' for word in words)
    return f"write [{shown}]" if len(shown) <= LONGEST else "write each word on its own, in […]"


def _as_records(schema: Schema | None, value: RecordValue) -> str:
    """Write `{ web = { … } }` as a list in which each record has its name."""
    first = value.fields[0] if value.fields else None
    named = schema is not None and schema.get("name") is not None
    if first is None or schema is None or not named or schema.get(first.label) is not None:
        return "write [{ … }]"
    return f'write [{{ name = "{shorten(first.label)}" … }}]'


def _as_field(schema: Schema, value: Value) -> str | None:
    """Write a text or a number as the field whose rule it fits, of those of which one is needed."""
    text = str(value.value) if isinstance(value, IntValue) else None
    text = plain(value) if isinstance(value, TextValue) else text
    for label in (label for group in schema.one_of for label in group):
        shape = schema[label].shape
        item = shape.item if isinstance(shape, ListShape) else shape
        rule = item.rule if isinstance(item, TextShape) else None
        if rule is not None and text is not None and not broken_rule(rule, text):
            shown = f'"{text}"' if item is shape else f'["{text}"]'
            return f"write {{ {label} = {shown} }}" if _is_quotable(text) else None
    return None


def _as_source(text: str) -> str:
    """Write a source that somebody gave as a path or address only."""
    shown = text if len(text) <= LONGEST and _is_quotable(text) else "…"
    if "://" in text:
        return f'write {{ type = "url" url = "{shown}" hash = "…" }}'
    return f'write {{ type = "local" path = "{shown}" }}'


def _is_quotable(text: str) -> bool:
    """Whether a hint can show a text in double quotes as it is."""
    return text.isprintable() and not set(text) & set("\"'\\")
