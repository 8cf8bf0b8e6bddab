"""What an expression comes to.

In: an offer, the values of the members that it refers to, and the expressions that
static errors made worthless. Out: a `Value`; `POISON` where an error, already
reported, leaves none. Recursion is over one expression, never over members.
"""

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from typing import Any

from ...ir.ast import (
    ArtifactLiteral,
    BoolLiteral,
    Expr,
    For,
    FString,
    Guard,
    If,
    IntLiteral,
    ListLiteral,
    RecordLiteral,
    Reference,
    SecretLiteral,
    StrLiteral,
)
from ...ir.diagnostics import Code, Collector, Label
from ...ir.span import Span
from ...ir.text import Part, Secret, join, secret_fault
from ...ir.value import (
    ArtifactValue,
    BoolValue,
    Field,
    IntValue,
    ListValue,
    RecordValue,
    TextValue,
    Value,
    get,
    is_secret,
    plain,
)
from ..suggestions.shape_words import FOR_SECRETS
from ..symbols.declarations import Offer
from ..symbols.references import Key, resolve
from ..typecheck.size_limits import MAX_SIZE, PART, TOO_LARGE, Measures
from .json_text import json_text
from .poison import POISON

__all__ = ["Evaluator", "Needed", "TooLarge"]

Binders = Mapping[str, Value]
NO_BINDERS: Binders = {}

SECRETS = {"from_env": "NAME", "from_file": "/path", "from_vault": "db/password"}
"""What a secret may be called, by where it comes from."""


class Needed(Exception):
    """Raised when an expression refers to a member that has no value yet."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class TooLarge(Exception):
    """Raised when a value is too large or too deep, which is reported, or refers to one."""


class Evaluator:
    """Evaluates expressions against `values`; raises `Needed` where one is not there yet.

    `too_large` are the members for which it, or another like it, raised `TooLarge`.
    """

    def __init__(
        self,
        values: Mapping[Key, Value],
        too_large: Container[Key],
        poisoned: Collection[int],
        collector: Collector,
    ) -> None:
        self._values = values
        self._too_large = too_large
        self._poisoned = poisoned
        self._collector = collector
        self._measures = Measures()
        self._spent = 0  # the size of all that was computed for one offer
        self._home = ""
        self._rules: dict[type, Callable[[Any, Binders], Value]] = {
            StrLiteral: _text,
            IntLiteral: _int,
            BoolLiteral: _bool,
            SecretLiteral: self._secret,
            ArtifactLiteral: _artifact,
            FString: self._f_string,
            Reference: self._reference,
            ListLiteral: self._list,
            RecordLiteral: self._record,
            If: self._if,
            For: self._for,
        }

    def value(self, offer: Offer) -> Value:
        """Evaluate what is offered for a member. Raises Needed and TooLarge."""
        self._home, self._spent = offer.home, 0
        value = self._value(offer.expr, NO_BINDERS)
        if offer.uses:
            self._measured(value, offer.expr.span)
        return value

    def _measured(self, value: Value, span: Span) -> int:
        """Return the size of a value. Raises TooLarge if nobody should walk it."""
        measure = self._measures.of(value)
        if measure.problem:
            self._error(Code.E1, f"this value is {measure.problem}", span)
            raise TooLarge
        return measure.size

    def _spend(self, size: int, span: Span) -> None:
        """Count what is computed and may be dropped again. Raises TooLarge beyond the limit."""
        self._spent += size
        if self._spent > MAX_SIZE:
            self._error(Code.E1, f"what is computed here is {TOO_LARGE}", span)
            raise TooLarge

    def _value(self, expr: Expr, binders: Binders) -> Value:
        if self._poisoned and id(expr) in self._poisoned:
            return POISON
        return self._rules[type(expr)](expr, binders)

    def _error(self, code: Code, message: str, span: Span) -> Value:
        self._collector.error(code, message, span)
        return POISON

    def _secret_at(self, place: Span, message: str, secret: Value) -> None:
        notes = [Label(secret.span, "the secret")]
        self._collector.error(Code.E1, message, place, notes=notes, hint=FOR_SECRETS)

    def _secret(self, expr: SecretLiteral, _binders: Binders) -> Value:
        fault = secret_fault(expr.origin, expr.key)
        if fault is None:
            return TextValue((Secret(expr.origin, expr.key),), expr.span)
        hint = f'write {{ {expr.origin} = "{SECRETS[expr.origin]}" }}'
        self._collector.error(Code.E1, fault, expr.span, hint=hint)
        return POISON

    def _list(self, expr: ListLiteral, binders: Binders) -> Value:
        return ListValue(tuple([self._value(item, binders) for item in expr.items]), expr.span)

    def _record(self, expr: RecordLiteral, binders: Binders) -> Value:
        fields = [
            Field(field.label, self._value(field.value, binders), field.span)
            for field in expr.fields
        ]
        fields.sort(key=_label)
        return RecordValue(tuple(fields), expr.span)

    def _reference(self, expr: Reference, binders: Binders) -> Value:
        binder, key, path = resolve(expr, self._home, binders)
        found = self._values.get(key) if binder is None else binders[binder]
        if found is None:
            raise Needed(key)
        if found is POISON and key in self._too_large:
            raise TooLarge
        for label in path:
            if found is POISON:
                return POISON
            field = get(found, label) if isinstance(found, RecordValue) else None
            if field is None:
                return self._error(Code.E2, f"there is no field '{label}'", expr.span)
            found = field
        if key[1] == "out" and isinstance(found, TextValue) and found is not POISON:
            return TextValue(found.text, expr.span)  # it is written nowhere but here
        return found

    def _f_string(self, expr: FString, binders: Binders) -> Value:
        parts: list[Part] = []
        poisoned = False
        for part in expr.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            value = self._value(part, binders)
            word = plain(value)
            if value is POISON:
                poisoned = True
            elif word is not None:
                parts.append(word)
            elif not self._may_fill(value, part):
                poisoned = True
            elif isinstance(value, IntValue):
                parts.append(str(value.value))
            elif isinstance(value, TextValue):
                parts.extend(value.text)
        self._spend(sum(len(part) for part in parts if isinstance(part, str)), expr.span)
        return POISON if poisoned else TextValue(join(parts), expr.span)

    def _may_fill(self, value: Value, hole: Reference) -> bool:
        """Whether a value may stand in a hole; report it if not."""
        shown = ".".join(hole.segments)
        if is_secret(value):
            message = f"hole '{{{shown}}}' holds a secret; secrets do not become part of texts"
            self._secret_at(hole.span, message, value)
            return False
        if not isinstance(value, TextValue | IntValue):
            self._error(Code.E1, f"hole '{{{shown}}}' takes Str or Int", hole.span)
            return False
        return True

    def _if(self, expr: If, binders: Binders) -> Value:
        for branch in expr.branches:
            condition = self._value(branch.condition, binders)
            if condition is POISON:
                return POISON
            if not isinstance(condition, BoolValue):
                return self._error(Code.E5, "'if' condition takes Bool", branch.condition.span)
            if condition.value:
                return self._value(branch.value, binders)
        return self._value(expr.otherwise, binders)

    def _for(self, expr: For, binders: Binders) -> Value:
        source = self._value(expr.source, binders)
        if source is POISON:
            return POISON
        if not isinstance(source, ListValue):
            return self._error(Code.E5, "'for' takes a list of records", expr.source.span)
        found: list[tuple[str, Value]] = []
        for item in source.items:
            value = self._yielded(expr, item, binders)
            if value is POISON:
                return POISON
            self._spend(PART, expr.span)
            if value is not None:
                self._spend(self._measured(value, expr.body.span), expr.span)
                found.append((json_text(value), value))
        found.sort(key=lambda pair: pair[0])
        if expr.distinct:
            found = list(dict(reversed(found)).items())[::-1]
        return ListValue(tuple([value for _, value in found]), expr.span)

    def _yielded(self, expr: For, item: Value, binders: Binders) -> Value | None:
        """Evaluate the body for one element; None if a guard leaves it out."""
        if item is POISON:
            return POISON
        if not isinstance(item, RecordValue):
            return self._error(Code.E5, "'for' takes a list of records", expr.source.span)
        inner = {**binders, expr.binder: item}
        passed = self._passes(expr.guards, inner)
        if passed is None:
            return POISON
        return self._value(expr.body, inner) if passed else None

    def _passes(self, guards: Iterable[Guard], binders: Binders) -> bool | None:
        """Whether an element meets all guards; None if one cannot be decided."""
        for guard in guards:
            left, right = self._value(guard.left, binders), self._value(guard.right, binders)
            if left is POISON or right is POISON:
                return None
            if is_secret(left):
                self._secret_at(guard.left.span, "a guard may not look at a secret", left)
                return None
            if left != right:
                return False
        return True


def _label(field: Field) -> str:
    return field.label


def _text(expr: StrLiteral, _binders: Binders) -> Value:
    return TextValue((expr.value,) if expr.value else (), expr.span)


def _int(expr: IntLiteral, _binders: Binders) -> Value:
    return IntValue(expr.value, expr.span)


def _bool(expr: BoolLiteral, _binders: Binders) -> Value:
    return BoolValue(expr.value, expr.span)


def _artifact(expr: ArtifactLiteral, _binders: Binders) -> Value:
    return ArtifactValue(expr.host, expr.name, expr.span)
