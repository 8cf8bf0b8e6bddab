"""The schema's word on one field of a module.

In: a module and a way of labels and indices. Out: the `FieldSpec` at its end.
"""

from collections.abc import Mapping, Sequence

from ...ir.program import Module
from ...ir.schema.kinds import KINDS
from ...ir.schema.shape import (
    EitherShape,
    FieldSpec,
    ListShape,
    RecordShape,
    Schema,
    Shape,
    TaggedShape,
)
from ...ir.value import (
    Field,
    ListValue,
    RecordValue,
    Value,
    get,
    plain,
)

__all__ = ["field_at", "schema_at"]

OF_KIND = {schema.name: schema for schema in KINDS.values()}


def field_at(
    module: Module, path: Sequence[str], recipes: Mapping[str, Schema]
) -> FieldSpec | None:
    """Return what the schemas say of a field of a module; None if they say nothing."""
    schema = schema_at(module, path[:-1], recipes)
    return schema.get(path[-1]) if schema is not None else None


def schema_at(module: Module, path: Sequence[str], recipes: Mapping[str, Schema]) -> Schema | None:
    """Return the schema of a record in a module, of the module itself for no path."""
    if module.kind not in OF_KIND:
        return None
    members = [Field(one.name, one.value, one.span) for one in module.members]
    value: Value | None = RecordValue(tuple(members), module.span)
    recipe = module.get("recipe")
    arguments = recipes.get(plain(recipe) or "") if recipe is not None else None
    shape: Shape = RecordShape(OF_KIND[module.kind])
    for step in path:
        shape = _fitting(shape, value)
        if isinstance(shape, ListShape):
            shape = shape.item
        else:
            schema = _schema_of(shape, value, arguments)
            spec = schema.get(step) if schema is not None else None
            if spec is None:
                return None
            shape = spec.shape
        value = _inside(value, step)
    return _schema_of(_fitting(shape, value), value, arguments)


def _fitting(shape: Shape, value: Value | None) -> Shape:
    """Return the one of several shapes that a value fits."""
    if not isinstance(shape, EitherShape):
        return shape
    return next((one for one in shape.shapes if _fits(one, value)), shape)


def _fits(shape: Shape, value: Value | None) -> bool:
    wanted = ListValue if isinstance(shape, ListShape) else RecordValue
    return isinstance(shape, ListShape | RecordShape) and isinstance(value, wanted)


def _schema_of(shape: Shape, value: Value | None, arguments: Schema | None) -> Schema | None:
    if isinstance(shape, RecordShape):
        return shape.schema or arguments
    if isinstance(shape, TaggedShape) and isinstance(value, RecordValue):
        tag = get(value, shape.label)
        return shape.variants.get(plain(tag) or "") if tag is not None else None
    return None


def _inside(value: Value | None, step: str) -> Value | None:
    if isinstance(value, RecordValue):
        return get(value, step)
    if isinstance(value, ListValue) and step.isdecimal() and int(step) < len(value.items):
        return value.items[int(step)]
    return None
