"""The static type of one expression, whatever it is offered for.

In: an offer, and the types of the members that it may refer to. Out: its `Type`, and
the set of expressions that an error makes worthless (`poisoned`, by identity). Reports
E1, E5 for what does not fit, E2 for references to nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...ir.ast import (
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
    StrLiteral,
)
from ...ir.diagnostics import Code, Collector, Label
from ...ir.span import Span
from ...ir.spell import did_you_mean, nearest_or_all
from ..suggestions.literals import suggest_literal
from ..symbols.declarations import Declarations, Offer
from ..symbols.references import Key, qualified, resolve
from ..symbols.unresolved import member_hint, module_hint
from .interpolation import warn_of_holes
from .size_limits import Measures
from .types import (
    BOOL,
    INT,
    STR,
    TOO_LARGE,
    UNKNOWN,
    ListOf,
    RecordOf,
    Type,
    Unknown,
    element_of,
    show,
    unify,
)

__all__ = ["TypeRules"]

Binders = Mapping[str, Type]
NO_BINDERS: Binders = {}


class TypeRules:
    """The rule of each kind of expression; `types` are those of members, as far as they are known.

    Errors go to `collector`, which the caller changes for a scenario.
    """

    def __init__(
        self, declarations: Declarations, types: Mapping[Key, Type], collector: Collector
    ) -> None:
        self.poisoned: set[int] = set()
        self.collector = collector
        self._declarations = declarations
        self._types = types
        self._measures = Measures()
        self._may_mix = False
        self._records: list[RecordLiteral] = []  # those around the expression at hand
        self._hopeless = False  # the offer at hand refers to a member that is too large
        self._home = ""
        self._rules: dict[type, Callable[[Any, Binders], Type]] = {
            IntLiteral: lambda _expr, _binders: INT,
            BoolLiteral: lambda _expr, _binders: BOOL,
            FString: self._f_string,
            Reference: self._reference,
            ListLiteral: self._list,
            RecordLiteral: self._record,
            If: self._if,
            For: self._for,
        }

    def infer(self, offer: Offer, may_mix: bool) -> Type:
        """Return the type of what is offered; `may_mix`: its lists may hold several types."""
        self._home, self._hopeless, self._may_mix = offer.home, False, may_mix
        found = self._infer(offer.expr, NO_BINDERS)
        problem = self._measures.of(found).problem if offer.uses else None
        if problem and not self._hopeless:
            self.error(Code.E1, f"the type of this value is {problem}", offer.expr)
        if problem or self._hopeless:
            self.poisoned.add(id(offer.expr))
            return TOO_LARGE
        return found

    def error(
        self,
        code: Code,
        message: str,
        expr: Expr,
        span: Span | None = None,
        *,
        notes: Iterable[Label] = (),
        hint: str | None = None,
    ) -> Type:
        """Report an error, and that nothing more can be said about the expression."""
        self.poisoned.add(id(expr))
        self.collector.error(code, message, span or expr.span, notes=notes, hint=hint)
        return UNKNOWN

    # Expressions ---------------------------------------------------------

    def _infer(self, expr: Expr, binders: Binders) -> Type:
        if type(expr) is StrLiteral:
            warn_of_holes(expr, self._declarations.modules, self.collector)
            return STR
        rule = self._rules.get(type(expr))
        return rule(expr, binders) if rule else STR  # secrets and artifacts stand for text

    def _record(self, expr: RecordLiteral, binders: Binders) -> Type:
        self._records.append(expr)
        fields = [(field.label, self._infer(field.value, binders)) for field in expr.fields]
        self._records.pop()
        fields.sort()  # labels are unique: types are never compared
        return RecordOf(tuple(fields))

    def _list(self, expr: ListLiteral, binders: Binders) -> Type:
        item: Type = UNKNOWN
        for part in expr.items:
            found = self._infer(part, binders)
            both = unify(item, found)
            if both is None and self._may_mix:
                return self._mixed(expr, binders)
            if both is None:
                message = f"list elements differ in type: {show(item)} and {show(found)}"
                hint = suggest_literal(show(item), part) or "items of one list have one type"
                if isinstance(item, RecordOf) and isinstance(found, RecordOf):
                    hint = "records of one list have the same fields, with values of the same types"
                return self.error(Code.E1, message, expr, part.span, hint=hint)
            item = both
        return ListOf(item)

    def _mixed(self, expr: ListLiteral, binders: Binders) -> Type:
        """Infer all elements of a list whose schema checks each alone."""
        for part in expr.items:
            self._infer(part, binders)
        return ListOf(UNKNOWN)

    def _f_string(self, expr: FString, binders: Binders) -> Type:
        for part in expr.parts:
            if isinstance(part, Reference):
                self._hole(part, expr, binders)
        return STR

    def _hole(self, hole: Reference, expr: FString, binders: Binders) -> None:
        found = self._infer(hole, binders)
        if found is STR or found is INT or isinstance(found, Unknown):
            return
        message = f"hole '{{{'.'.join(hole.segments)}}}' takes Str or Int, found {show(found)}"
        hint = "a hole takes one text or number"
        if found is BOOL:
            hint = 'if … then "true" else "false" makes a Bool a Str'
        self.error(Code.E1, message, expr, hole.span, hint=hint)

    def _if(self, expr: If, binders: Binders) -> Type:
        result = self._infer(expr.otherwise, binders)
        for branch in reversed(expr.branches):
            condition = self._infer(branch.condition, binders)
            if unify(condition, BOOL) is None:
                message = f"'if' condition takes Bool, found {show(condition)}"
                hint = suggest_literal("Bool", branch.condition)
                where = branch.condition.span
                self.error(Code.E5, message, expr, where, hint=hint or "a condition is a Bool")
            found = self._infer(branch.value, binders)
            both = unify(found, result)
            if both is None:
                message = f"'if' branches differ in type: {show(found)} and {show(result)}"
                hint = suggest_literal(show(result), branch.value)
                self.error(Code.E5, message, expr, branch.value.span, hint=hint)
            result = UNKNOWN if both is None else both
        return result

    def _for(self, expr: For, binders: Binders) -> Type:
        source = self._infer(expr.source, binders)
        record = element_of(source)
        if record is None:
            message = f"'for' takes a list of records of scalars, found {show(source)}"
            scalars = isinstance(source, ListOf) and not isinstance(source.item, RecordOf | ListOf)
            hint = "make each item a record: { name = … }" if scalars else None
            self.error(Code.E5, message, expr, expr.source.span, hint=hint)
        inner = {**binders, expr.binder: record or UNKNOWN}
        for guard in expr.guards:
            self._guard(guard, expr, inner)
        body = self._infer(expr.body, inner)
        return UNKNOWN if record is None else ListOf(body)

    def _guard(self, guard: Guard, expr: For, binders: Binders) -> None:
        left, right = guard.left, guard.right
        if not (isinstance(left, Reference) and left.segments[0] in binders and left.segments[1:]):
            hint = f"write {expr.binder}.FIELD = …"
            self.error(
                Code.E5, "a guard compares a field of the binder", expr, left.span, hint=hint
            )
        elif not isinstance(right, StrLiteral | IntLiteral | BoolLiteral):
            hint = 'a literal is "text", 1, true or false'
            self.error(Code.E5, "a guard compares with a literal", expr, right.span, hint=hint)
        else:
            mine, yours = self._infer(left, binders), self._infer(right, binders)
            if unify(mine, yours) is None:
                message = f"a guard compares {show(mine)} with {show(yours)}"
                literal = suggest_literal(show(mine), right)
                self.error(Code.E5, message, expr, right.span, hint=literal)

    # References ----------------------------------------------------------

    def _reference(self, expr: Reference, binders: Binders) -> Type:
        binder, key, path = resolve(expr, self._home, binders)
        found = self._member(key, expr, binders) if binder is None else binders[binder]
        if not path:
            return found
        shown = qualified(key) if binder is None else binder
        for label in path:
            if isinstance(found, Unknown):
                return UNKNOWN
            field = found.get(label) if isinstance(found, RecordOf) else None
            if field is None:
                hint = _field_hint(label, found)
                if key[1] == "out" and len(path) == 1 and found is STR:
                    hint = f'write f"{{{shown}}}/{label}"'
                return self.error(Code.E2, f"'{shown}' has no field '{label}'", expr, hint=hint)
            found, shown = field, f"{shown}.{label}"
        return found

    def _member(self, key: Key, expr: Reference, binders: Binders) -> Type:
        """Return the type of a member; report a reference to none."""
        found = self._types.get(key)
        if found is not None:
            self._hopeless = self._hopeless or found is TOO_LARGE
            return found
        module = self._declarations.modules.get(key[0])
        if module is None:
            return self._no_module(key[0], expr, binders)
        if key[1] in module.implicit:
            return STR
        if key[1] in module.members or not module.whole:
            self.poisoned.add(id(expr))
            return UNKNOWN
        bare = len(expr.segments) == 1
        if key[1] == "out":
            hint: str | None = f"'{key[0]}' is not a package"
        elif bare:
            hint = member_hint(key[1], module, binders, self._records, self._declarations)
        else:
            hint = module.spelling.hint(key[1]) or did_you_mean(key[1], module.implicit)
        message = f"unknown member '{key[1]}' of module '{key[0]}'"
        return self.error(Code.E2, message, expr, hint=hint)

    def _no_module(self, module: str, expr: Reference, binders: Binders) -> Type:
        hint = module_hint(expr.segments, self._home, binders, self._declarations)
        return self.error(Code.E2, f"unknown module '{module}'", expr, hint=hint)


def _field_hint(label: str, found: Type) -> str | None:
    """Say what to take of a type that lacks a field."""
    if isinstance(found, RecordOf):
        return nearest_or_all(label, [name for name, _ in found.fields])
    return "'for' goes over a list" if isinstance(found, ListOf) else None
