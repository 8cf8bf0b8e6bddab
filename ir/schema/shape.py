"""The shapes that values may have: what schemas are made of.

In: nothing. Out: frozen values that say what fits a field. They are data; the
checker in the frontend interprets them, `explain` and the reference pages print them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..names import CheckedStr, Label
from ..node import Frozen, frozen
from ..span import Span
from ..value import BoolValue, IntValue, ListValue, RecordValue, TextValue, Value

__all__ = [
    "SYMBOLIC",
    "TEXT",
    "TEXTS",
    "AnyShape",
    "BoolShape",
    "Default",
    "EitherShape",
    "FieldSpec",
    "IntShape",
    "ListShape",
    "MapShape",
    "RecordShape",
    "Schema",
    "Shape",
    "TaggedShape",
    "TextShape",
]

Names: TypeAlias = Literal[
    "recipe", "backend", "package", "stack", "service", "data module", "dependency"
]
Default: TypeAlias = bool | int | str | tuple[()] | None
"""A field's default as PCL would write it; the empty tuple is `[]` or `{}`."""


@frozen
class TextShape(Frozen):
    """A Str. `rule` is the name type that it must fit, `choices` the only values.

    `names` says what it must be the name of; `symbolic` that it may hold
    `X.out`; `secret` that it is made for secrets.
    """

    rule: type[CheckedStr] | None = None
    choices: tuple[str, ...] = ()
    names: Names | None = None
    symbolic: bool = False
    secret: bool = False


@frozen
class IntShape(Frozen):
    """An Int between two bounds, both allowed."""

    low: int | None = None
    high: int | None = None


@frozen
class BoolShape(Frozen):
    """A Bool."""


@frozen
class AnyShape(Frozen):
    """Any value; nothing in it is checked."""


@frozen
class ListShape(Frozen):
    """A list; each element is checked alone. `unique` names a field that no two elements share."""

    item: "Shape"
    unique: str | None = None


@frozen
class MapShape(Frozen):
    """A record with labels of the user's choice that fit `rule`."""

    item: "Shape"
    rule: type[CheckedStr] = Label


@frozen
class RecordShape(Frozen):
    """A record with the fields of a schema; None: the arguments of the package's recipe."""

    schema: "Schema | None"


@frozen
class TaggedShape(Frozen):
    """A record whose field `label` says which schema the others follow."""

    label: str
    variants: Mapping[str, "Schema"]


@frozen
class EitherShape(Frozen):
    """A value that fits one of several shapes of different types."""

    shapes: tuple["Shape", ...]


Shape: TypeAlias = (
    TextShape
    | IntShape
    | BoolShape
    | AnyShape
    | ListShape
    | MapShape
    | RecordShape
    | TaggedShape
    | EitherShape
)


TEXT = TextShape()
SYMBOLIC = TextShape(symbolic=True)
TEXTS = ListShape(TEXT)


@frozen
class FieldSpec(Frozen):
    """One field: its name, what fits it, whether it must be there, what it means."""

    name: str
    shape: Shape
    doc: str
    required: bool = False
    default: Default = None
    alias: str | None = None

    def default_value(self, span: Span) -> Value | None:
        """Return the default as a value that stands at `span`; None if there is none."""
        default = self.default
        if default is None:
            return None
        if isinstance(default, bool):
            return BoolValue(default, span)
        if isinstance(default, int):
            return IntValue(default, span)
        if isinstance(default, str):
            return TextValue((default,) if default else (), span)
        is_list = isinstance(self.shape, ListShape)
        return ListValue((), span) if is_list else RecordValue((), span)


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of a kind of module or of a record; of each group in `one_of` one is needed."""

    name: str
    doc: str
    fields: tuple[FieldSpec, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    _index: dict[str, FieldSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {spec.alias: spec for spec in self.fields if spec.alias}
        index |= {spec.name: spec for spec in self.fields}
        object.__setattr__(self, "_index", index)

    def get(self, name: str) -> FieldSpec | None:
        """Return the field that a name or alias means, None if there is none."""
        return self._index.get(name)

    def labels(self) -> tuple[str, ...]:
        """Return all names and aliases, for suggestions."""
        return tuple(self._index)

    def __getitem__(self, name: str) -> FieldSpec:
        return self._index[name]
