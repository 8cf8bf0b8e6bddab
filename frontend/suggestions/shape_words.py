"""How messages speak of shapes and values, and hints of what a shape takes.

In: shapes, schemas and values. Out: words.
"""

from collections.abc import Mapping, Sequence

from ...ir.schema.shape import (
    AnyShape,
    BoolShape,
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
from ...ir.spell import did_you_mean
from ...ir.value import (
    ArtifactValue,
    BoolValue,
    IntValue,
    ListValue,
    RecordValue,
    TextValue,
    Value,
)

__all__ = [
    "FOR_SECRETS",
    "VALUE_TYPES",
    "described",
    "expected",
    "known_fields",
    "nearest_choice",
    "record_schema",
    "tag_hint",
]

SHOWN_FIELDS = 12
FOR_SECRETS = "secrets go into the 'environment' or the 'credentials' of a service"


def nearest_choice(word: str, choices: Sequence[str]) -> str | None:
    """Say which of some words is meant, by a slip or by its end: `HUP`."""
    ends = [choice for choice in choices if word and choice.lower().endswith(word.lower())]
    return f"did you mean '{ends[0]}'?" if len(ends) == 1 else did_you_mean(word, choices)


def known_fields(schema: Schema) -> str:
    """List what a record may have."""
    names = [spec.name for spec in schema.fields]
    more = ", …" if len(names) > SHOWN_FIELDS else ""
    return f"one of {', '.join(names[:SHOWN_FIELDS])}{more}"


def tag_hint(shape: TaggedShape, value: RecordValue) -> str:
    """Say which tag the fields of a record would fit, or which there are."""
    named = next((one.label for one in value.fields if one.label in shape.variants), None)
    if named is not None:
        fields = shape.variants[named].fields
        needed = [spec.name for spec in fields if spec.required and spec.name != shape.label]
        return f'write {{ {shape.label} = "{named}"{"".join(f" {one} = …" for one in needed)} }}'
    labels = {field.label for field in value.fields}
    fits = [
        name
        for name, schema in shape.variants.items()
        if {spec.name for spec in schema.fields if spec.required} <= {*labels, shape.label}
    ]
    if len(fits) == 1:
        return f'add {shape.label} = "{fits[0]}"'
    return f"one of {', '.join(shape.variants)}"


VALUE_TYPES: Mapping[type, type] = {
    TextShape: TextValue,
    IntShape: IntValue,
    BoolShape: BoolValue,
    ListShape: ListValue,
    MapShape: RecordValue,
    RecordShape: RecordValue,
    TaggedShape: RecordValue,
}
SHAPE_NAMES: Mapping[type, str] = {
    TextShape: "Str",
    IntShape: "Int",
    BoolShape: "Bool",
    AnyShape: "anything",
    ListShape: "a list",
    MapShape: "a record",
    RecordShape: "a record",
    TaggedShape: "a record",
}
VALUE_NAMES: Mapping[type, str] = {
    TextValue: "Str",
    IntValue: "Int",
    BoolValue: "Bool",
    ListValue: "a list",
    RecordValue: "a record",
    ArtifactValue: "an artifact",
}


def expected(shape: Shape) -> str:
    """Say in a person's words what a shape takes."""
    if isinstance(shape, EitherShape):
        return " or ".join(dict.fromkeys(expected(choice) for choice in shape.shapes))
    return SHAPE_NAMES[type(shape)]


def described(value: Value) -> str:
    """Say in a person's words what a value is."""
    return VALUE_NAMES[type(value)]


def record_schema(shape: Shape) -> Schema | None:
    """Return the schema of the records among what a shape takes."""
    shapes = shape.shapes if isinstance(shape, EitherShape) else (shape,)
    for choice in shapes:
        if isinstance(choice, RecordShape):
            return choice.schema
    return None
