"""Evaluated values against the shapes of the schemas (`ir/*_schema.py`).

In: a value, the shape that it must have, and where it is used. Out: nothing;
reports E1 for what does not fit; `texts` has the rules of texts.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any, Final

from ...ir.diagnostics import Code, Collector, Label
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
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ...ir.value import (
    ArtifactValue,
    BoolValue,
    Field,
    IntValue,
    ListValue,
    RecordValue,
    Value,
    get,
    is_secret,
)
from ..evaluation.poison import POISON, known_text
from ..suggestions.checked_texts import broken_rule, suggest_text
from ..suggestions.field_names import nearest_field
from ..suggestions.shape_words import (
    VALUE_TYPES,
    known_fields,
    record_schema,
    tag_hint,
)
from .texts import NameScope, check_text
from .use_site import UseSite, owner, place_of, report_misuse, report_secret, report_wrong_type

__all__ = ["ShapeChecker"]


class ShapeChecker:
    """Checks the values of one module; `names` says what names mean in it."""

    def __init__(self, names: NameScope, collector: Collector) -> None:
        self._names = names
        self._collector = collector

    def check(self, shape: Shape, value: Value, at: UseSite) -> None:
        """Report everything about a value that its shape forbids."""
        if value is not POISON:
            RULES[type(shape)](self, shape, value, at)

    # Scalars -------------------------------------------------------------

    def _text(self, shape: TextShape, value: Value, at: UseSite) -> None:
        check_text(shape, value, at, self._names, self._collector)

    def _int(self, shape: IntShape, value: Value, at: UseSite) -> None:
        if not isinstance(value, IntValue):
            report_wrong_type(self._collector, shape, value, at)
            return
        low, high = shape.low, shape.high
        if low is not None and value.value < low:
            report_misuse(self._collector, value, at, f"{at.shown} is at least {low}")
        elif high is not None and value.value > high:
            report_misuse(self._collector, value, at, f"{at.shown} is at most {high}")

    def _bool(self, shape: BoolShape, value: Value, at: UseSite) -> None:
        if not isinstance(value, BoolValue):
            report_wrong_type(self._collector, shape, value, at)

    def _any(self, shape: AnyShape, value: Value, at: UseSite) -> None:
        if isinstance(value, RecordValue):
            for field in value.fields:
                inner = UseSite(at.owner, field.label, field.span, value.span)
                self.check(shape, field.value, inner)
        elif isinstance(value, ListValue):
            for item in value.items:
                self.check(shape, item, at)
        elif is_secret(value):
            report_secret(self._collector, value, at)

    # Lists and records ---------------------------------------------------

    def _list(self, shape: ListShape, value: Value, at: UseSite) -> None:
        if not isinstance(value, ListValue):
            report_wrong_type(self._collector, shape, value, at)
            return
        inner = UseSite(at.owner, at.label, value.span, value.span)
        for item in value.items:
            self.check(shape.item, item, inner)
        if shape.unique is not None:
            self._unique(shape, shape.unique, value, at)

    def _unique(self, shape: ListShape, label: str, value: ListValue, at: UseSite) -> None:
        """Report elements that share the value of the field that tells them apart."""
        seen: dict[str, list[Span]] = {}
        for item in value.items:
            record = self._names.as_record(item, record_schema(shape.item)) or item
            key = get(record, label) if isinstance(record, RecordValue) else None
            word = known_text(key)
            if key is not None and word is not None:
                seen.setdefault(word, []).append(key.span)
        for word, spans in seen.items():
            if len(spans) > 1:
                *others, last = sorted(spans)
                message = f"two entries in {at.shown} have the {label} '{word}'"
                notes = [Label(span, "also here") for span in dict.fromkeys(others) if span != last]
                hint = f"give each a {label} of its own"
                self._collector.error(Code.E1, message, last, notes=notes, hint=hint)

    def _map(self, shape: MapShape, value: Value, at: UseSite) -> None:
        if not isinstance(value, RecordValue):
            report_wrong_type(self._collector, shape, value, at)
            return
        owner = at.shown
        for field in value.fields:
            problem = broken_rule(shape.rule, field.label)
            if problem:
                hint = suggest_text(shape.rule, field.label)
                hint = hint and hint.replace('"', "")  # a label stands without quotes
                self._collector.error(Code.E1, f"{owner}: {problem}", field.span, hint=hint)
            inner = UseSite(owner, field.label, field.span, value.span)
            self.check(shape.item, field.value, inner)

    def _record(self, shape: RecordShape, value: Value, at: UseSite) -> None:
        if not isinstance(value, RecordValue):
            report_wrong_type(self._collector, shape, value, at)
        elif shape.schema is not None:
            self._fields(shape.schema, value, owner(shape.schema, value), place_of(value))
        else:
            recipe = self._names.arguments()
            if recipe is not None:
                self._fields(recipe[1], value, recipe[0], at.use, "argument")

    def _tagged(self, shape: TaggedShape, value: Value, at: UseSite) -> None:
        if not isinstance(value, RecordValue):
            report_wrong_type(self._collector, shape, value, at)
            return
        if not value.fields:
            return
        tag = get(value, shape.label)
        if tag is None:
            self._no_tag(shape, value, at)
            return
        schema = shape.variants.get(known_text(tag) or "")
        if schema is not None:
            place = value.span if at.is_foreign(value) else at.use
            self._fields(schema, value, at.shown, place)
        elif tag is not POISON:
            choices = TextShape(choices=tuple(shape.variants))
            inner = UseSite(at.shown, shape.label, tag.span, value.span)
            self.check(choices, tag, inner)

    def _no_tag(self, shape: TaggedShape, value: RecordValue, at: UseSite) -> None:
        owner = at.shown
        for field in value.fields:
            near = did_you_mean(field.label, (shape.label,))
            if near:
                message = f"unknown field '{field.label}' on {owner}"
                self._collector.error(Code.E1, message, field.span, hint=near)
                return
        place = value.span if at.is_foreign(value) else at.use
        hint = tag_hint(shape, value)
        self._collector.error(Code.E1, f"{owner} has no field '{shape.label}'", place, hint=hint)

    def _either(self, shape: EitherShape, value: Value, at: UseSite) -> None:
        choice = next((it for it in shape.shapes if type(value) is VALUE_TYPES.get(type(it))), None)
        if choice is None:
            text = next((one for one in shape.shapes if isinstance(one, TextShape)), None)
            if text is None or not text.secret or not isinstance(value, ArtifactValue):
                report_wrong_type(self._collector, shape, value, at)
            return
        self.check(choice, value, at)
        schema = record_schema(shape)
        named = self._names.as_record(value, schema)
        if schema is not None and named is not None:
            self._fields(schema, named, owner(schema, named), named.span)

    def _fields(
        self, schema: Schema, value: RecordValue, owner: str, place: Span, noun: str = "field"
    ) -> None:
        """Check the fields of a record: unknown ones, each value, and at `place` missing ones."""
        seen: dict[str, Span] = {}
        meant: set[str] = set()  # what a misspelt name stands for is not missing besides
        is_known = True
        for field in value.fields:
            spec = schema.get(field.label)
            if spec is None:
                near = self._unknown(schema, value, field, owner, noun)
                is_known = is_known and near is not None
                meant |= {schema[near].name} if near else set()
                continue
            if spec.name in seen:
                message = f"{noun} '{spec.name}' of {owner} is given under two names"
                notes = [Label(seen[spec.name], "also given here")]
                hint = "keep one of them"
                self._collector.error(Code.E1, message, field.span, notes=notes, hint=hint)
            seen[spec.name] = field.span
            self.check(spec.shape, field.value, UseSite(owner, field.label, field.span, value.span))
        for label, others in _missing(schema, seen.keys() | meant, is_known):
            names = " or ".join(f"'{one}'" for one in (label, *others))
            hint = f"add {label} = …" if noun == "field" else "add it to recipeArgs"
            self._collector.error(Code.E1, f"{owner} has no {noun} {names}", place, hint=hint)

    def _unknown(
        self, schema: Schema, value: RecordValue, field: Field, owner: str, noun: str
    ) -> str | None:
        """Report a field that a schema does not have; return the one that it means, if any."""
        given = {other.label for other in value.fields}
        near = nearest_field(field.label, schema, given)
        hint = f"did you mean '{near}'?" if near else known_fields(schema)
        message = f"unknown {noun} '{field.label}' on {owner}"
        self._collector.error(Code.E1, message, field.span, hint=hint)
        return near


def _missing(
    schema: Schema, there: Set[str], is_known: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield fields that are missing, each with those that would do as well.

    One of several may be meant by a field that is not known.
    """
    for spec in schema.fields:
        if spec.required and spec.name not in there:
            yield spec.name, ()
    for group in schema.one_of if is_known else ():
        if not there & set(group):
            yield group[0], group[1:]


RULES: Final[Mapping[type, Callable[[ShapeChecker, Any, Any, UseSite], None]]] = {
    TextShape: ShapeChecker._text,
    IntShape: ShapeChecker._int,
    BoolShape: ShapeChecker._bool,
    AnyShape: ShapeChecker._any,
    ListShape: ShapeChecker._list,
    MapShape: ShapeChecker._map,
    RecordShape: ShapeChecker._record,
    TaggedShape: ShapeChecker._tagged,
    EitherShape: ShapeChecker._either,
}
