"""What `Path`, `Secret` and enums ask of a value beyond being a Str.

In: a type expression and a value of that static type. Out: whether the value
breaks a rule; reports E1 where the value was written, with a note at the option.
"""

from collections.abc import Iterator

from ...ir.ast import EnumType, NamedType, OptionDecl, RecordType, TypeExpr
from ...ir.diagnostics import Code, Collector, Label
from ...ir.names import AbsPath, shorten
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ...ir.text import Out
from ...ir.value import ListValue, RecordValue, TextValue, Value, get, is_secret, plain
from ..suggestions.checked_texts import suggest_text
from .poison import POISON

__all__ = ["is_refined", "report_violations"]


def is_refined(expr: TypeExpr) -> bool:
    """Whether a type asks anything beyond its static type."""
    if isinstance(expr, NamedType):
        if expr.argument is not None:
            return is_refined(expr.argument)
        return expr.name in ("Path", "Secret")
    if isinstance(expr, RecordType):
        return any(is_refined(field.type) for field in expr.fields)
    return True


def report_violations(option: OptionDecl, value: Value, collector: Collector) -> bool:
    """Report every part of a value that the option's type forbids; say whether there is one."""
    found = list(_broken(option.type, value))
    for span, problem, hint in found:
        notes = [Label(option.span, "option declared here")]
        collector.error(Code.E1, problem, span, notes=notes, hint=hint)
    return bool(found)


def _broken(expr: TypeExpr, value: Value) -> Iterator[tuple[Span, str, str | None]]:
    if value is POISON:
        return
    if isinstance(expr, RecordType):
        for field in expr.fields:
            part = get(value, field.label) if isinstance(value, RecordValue) else None
            if part is not None:
                yield from _broken(field.type, part)
    elif isinstance(value, ListValue):
        if isinstance(expr, NamedType) and expr.argument is not None:
            for item in value.items:
                yield from _broken(expr.argument, item)
    elif isinstance(expr, EnumType):
        yield from _not_a_choice(expr, value)
    elif isinstance(value, TextValue) and expr.name == "Path":
        problem = _path_problem(value)
        if problem:
            yield value.span, problem, suggest_text(AbsPath, plain(value) or "")
    elif expr.name == "Secret" and not is_secret(value):
        yield value.span, "this takes a secret", 'write { from_env = "NAME" }'


def _not_a_choice(expr: EnumType, value: Value) -> Iterator[tuple[Span, str, str | None]]:
    text = plain(value)
    if text in expr.choices:
        return
    choices = " | ".join(f'"{choice}"' for choice in expr.choices)
    shown = "this" if text is None else f"'{shorten(text)}'"
    hint = did_you_mean(text, expr.choices) if text else None
    yield value.span, f"{shown} is not one of {choices}", hint


def _path_problem(value: TextValue) -> str | None:
    if is_secret(value):
        return "a path may not be a secret"
    first = value.text[0] if value.text else ""
    if any(isinstance(part, str) and "\0" in part for part in value.text):
        return "a path may not hold NUL"
    if isinstance(first, Out) or (isinstance(first, str) and first.startswith("/")):
        return None
    return (
        f"'{shorten(str(first))}' is not an absolute path" if first else "a path may not be empty"
    )
