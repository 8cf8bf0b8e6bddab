"""What to write where a field has a value of the wrong type.

In: the shape that the field takes, and the value. Out: a hint, with what is there already if
it can stand in what is wanted; or None.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ...ir.names import shorten
from ...ir.schema.shape import (
    EitherShape,
    IntShape,
    ListShape,
    MapShape,
    RecordShape,
    Schema,
    Shape,
    TaggedShape,
    TextShape,
)
from ...ir.value import (
    BoolValue,
    IntValue,
    ListValue,
    RecordValue,
    TextValue,
    Value,
    is_secret,
    plain,
)
from .checked_texts import broken_rule, suggest_text
from .literals import suggest_literal
from .shape_words import expected, record_schema

__all__ = ["suggest_value"]

LONGEST = 60
RECORD = "write { name = value … }"


def suggest_value(shape: Shape, value: Value) -> str | None:
    """Say what to write for a value that is not of the type of a shape."""
    rule = RULES.get(type(shape))
    choices = shape.shapes if isinstance(shape, EitherShape) else (shape,)
    wanted = "Str" if any(isinstance(one, TextShape) for one in choices) else expected(shape)
    return (rule(shape, value) if rule else None) or suggest_literal(wanted, value)


def _quoted(text: str) -> str | None:
    """Return a text in double quotes, None for one that a hint cannot show like that."""
    fine = len(text) <= LONGEST and text.isprintable() and not set(text) & set("\"'\\")
    return f'"{text}"' if fine else None


def _texts(value: Value) -> list[str]:
    """Return the texts of a list, or the one that is none; nothing if others are among them."""
    found = [plain(item) for item in (value.items if isinstance(value, ListValue) else (value,))]
    return [text for text in found if text is not None] if None not in found else []


def _scalar(value: Value) -> str | None:
    """Return a text, a number or a Bool as text."""
    if isinstance(value, BoolValue):
        return "true" if value.value else "false"
    return str(value.value) if isinstance(value, IntValue) else plain(value)


# Texts and numbers -------------------------------------------------------


def _text(shape: TextShape, value: Value) -> str | None:
    if isinstance(value, RecordValue):
        if shape.secret:
            return 'a secret is { from_env = "NAME" } or { from_file = "PATH" }'
        only = plain(value.fields[0].value) if len(value.fields) == 1 else None
        quoted = _quoted(only) if only else None
        return f"write {quoted}" if quoted else None
    if isinstance(value, ListValue):
        lines = len(_texts(value)) > 1
        return 'text of several lines stands in """ … """' if lines else None
    if shape.choices:
        return f"one of {', '.join(shape.choices)}"
    text = _scalar(value)
    if shape.rule is None or text is None or not broken_rule(shape.rule, text):
        return None
    return suggest_text(shape.rule, text) or f"it is {shape.rule.RULE}"


def _either(shape: EitherShape, value: Value) -> str | None:
    """Write several words as one text, where no list may stand."""
    if any(isinstance(one, ListShape | RecordShape) for one in shape.shapes):
        return None
    quoted = _quoted(" ".join(_texts(value))) if isinstance(value, ListValue) else None
    return f"write {quoted}" if quoted else None


def _int(_: IntShape, value: Value) -> str | None:
    """Write `10s` as what it is in the fields that count seconds."""
    number = (plain(value) or "").removesuffix("s").strip()
    return f"write {number}" if number.isascii() and number.isdigit() else None


# Lists -------------------------------------------------------------------


def _list(shape: ListShape, value: Value) -> str | None:
    if isinstance(value, RecordValue):
        return _records(record_schema(shape.item), value)
    if not isinstance(shape.item, TextShape):
        return None
    words = [plain(value) or ""]
    if isinstance(value, IntValue):
        words = [str(value.value)]
    elif shape.item != TextShape():  # a line of its own, as those of tmpfiles, stays one
        words = words[0].split()
    quoted = [_quoted(word) for word in words]
    return f"write [{', '.join(map(str, quoted))}]" if all(quoted) and quoted != ['""'] else None


def _records(schema: Schema | None, value: RecordValue) -> str:
    """Write `{ web = { … } }` as a list in which each record has its name."""
    first = value.fields[0] if value.fields else None
    named = schema is not None and schema.get("name") is not None
    if first is None or schema is None or not named or schema.get(first.label) is not None:
        return "write [{ … }]"
    return f'write [{{ name = "{shorten(first.label)}" … }}]'


# Records -----------------------------------------------------------------


def _record(shape: RecordShape, value: Value) -> str:
    field = _field(shape.schema, value) if shape.schema else None
    return field or RECORD


def _field(schema: Schema, value: Value) -> str | None:
    """Write a scalar as the first field that is needed, or as that whose rule it fits."""
    text = _scalar(value)
    quoted = _quoted(text) if text else None
    if text is None or quoted is None:
        return None
    needed = [spec.name for spec in schema.fields if spec.required]
    if needed:
        rest = [*needed[1:], *(group[0] for group in schema.one_of)]
        return f"write {{ {needed[0]} = {quoted}{''.join(f' {one} = …' for one in rest)} }}"
    for label in (label for group in schema.one_of for label in group):
        shape = schema[label].shape
        item = shape.item if isinstance(shape, ListShape) else shape
        rule = item.rule if isinstance(item, TextShape) else None
        if rule is not None and not broken_rule(rule, text):
            return f"write {{ {label} = {quoted if item is shape else f'[{quoted}]'} }}"
    return None


def _map(shape: MapShape, value: Value) -> str:
    """Write `["A=1"]` as `{ A = "1" }`."""
    if is_secret(value):
        return 'write { NAME = { from_env = "…" } }'
    fields = []
    for text in _texts(value):
        label, equal, rest = text.partition("=")
        quoted = _quoted(rest)
        if not equal or quoted is None or broken_rule(shape.rule, label):
            return RECORD
        fields.append(f"{label} = {quoted}")
    shown = f"write {{ {' '.join(fields)} }}"
    return shown if fields and len(shown) <= LONGEST else RECORD


def _tagged(_: TaggedShape, value: Value) -> str:
    """Write a source that somebody gave as a path or address only."""
    text = plain(value) or ""
    shown = _quoted(text) or '"…"'
    if not isinstance(value, TextValue):
        return RECORD
    if "://" in text:
        return f'write {{ type = "url" url = {shown} hash = "…" }}'
    return f'write {{ type = "local" path = {shown} }}'


RULES: Mapping[type, Callable[[Any, Value], str | None]] = {
    TextShape: _text,
    EitherShape: _either,
    IntShape: _int,
    ListShape: _list,
    RecordShape: _record,
    MapShape: _map,
    TaggedShape: _tagged,
}
