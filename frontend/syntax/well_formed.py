"""Rules about one type or record that the grammar cannot say.

In: what stands between the braces, or a type's name. Out: the node that it is,
or `Mistake` with the place, what is wrong and how to mend it.
"""

from collections.abc import Sequence
from typing import Literal, cast

from ...ir.ast import (
    ArtifactLiteral,
    Expr,
    FieldLiteral,
    FieldType,
    NamedType,
    RecordLiteral,
    SecretLiteral,
    StrLiteral,
    TypeExpr,
)
from ...ir.diagnostics import Code, Label
from ...ir.span import Span
from .mistake import Mistake

__all__ = ["SCALARS", "TYPES", "named_type", "record", "unique"]

SCALARS = ("Bool", "Int", "Path", "Secret", "Str")
TYPES = (*SCALARS, "List")
OTHER_NAMES = {
    "String": "Str",
    "string": "Str",
    "Text": "Str",
    "Integer": "Int",
    "Natural": "Int",
    "Number": "Int",
    "Boolean": "Bool",
    "Array": "List",
}
"""What other languages call these types."""

ORIGINS = ("from_env", "from_file", "from_vault")
SPECIAL = {*ORIGINS, "artifact"}


def named_type(name: str, argument: TypeExpr | None, name_span: Span, span: Span) -> NamedType:
    """Check a type's name and whether it takes an argument."""
    if name == "List":
        if argument is None:
            raise Mistake(Code.E1, "'List' without its type", span, hint="write List[Str]")
        return NamedType(name, argument, span)
    if name not in SCALARS:
        raise Mistake(Code.E1, f"unknown type '{name}'", name_span, hint=_nearest(name))
    if argument is not None:
        raise Mistake(Code.E1, f"'{name}' takes no type", span, hint=f"write {name}")
    return NamedType(name, None, span)


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # imported only to explain a mistake

    known = {low.lower(): low for low in TYPES}
    near = get_close_matches(name.lower(), known, 1)
    best = OTHER_NAMES.get(name) or (known[near[0]] if near else None)
    return (
        f"did you mean '{best}'?" if best else f"types are {', '.join(SCALARS)}, List[…], {{ … }}"
    )


def unique(fields: Sequence[FieldLiteral] | Sequence[FieldType]) -> None:
    """Refuse a label that comes twice."""
    first: dict[str, Span] = {}
    for field in fields:
        if field.label in first:
            note = Label(first[field.label], "first written here")
            message = f"field '{field.label}' twice"
            raise Mistake(Code.E0, message, field.span, notes=(note,), hint="remove one")
        first[field.label] = field.span


def record(fields: Sequence[FieldLiteral], span: Span) -> Expr:
    """Make a record literal, a secret reference or an artifact reference."""
    unique(fields)
    special = next((field for field in fields if field.label in SPECIAL), None)
    if special is None:
        return RecordLiteral(tuple(fields), span)
    if len(fields) > 1:
        other = next(field for field in fields if field is not special)
        raise Mistake(
            Code.E0,
            f"'{other.label}' beside '{special.label}'",
            other.span,
            notes=(Label(special.span, f"'{special.label}' stands alone in its record"),),
            hint=f"remove '{other.label}'",
        )
    if special.label == "artifact":
        return _artifact(special, span)
    if not isinstance(special.value, StrLiteral):
        hint = f'write {{ {special.label} = "NAME" }}'
        raise Mistake(
            Code.E0, f"'{special.label}' takes a plain string", special.value.span, hint=hint
        )
    origin = cast(Literal["from_env", "from_file", "from_vault"], str(special.label))
    return SecretLiteral(origin, special.value.value, span)


def _artifact(special: FieldLiteral, span: Span) -> ArtifactLiteral:
    hint = 'write { artifact = { host = "…" name = "…" } }'
    inner = special.value
    fields = inner.fields if isinstance(inner, RecordLiteral) else ()
    values = {str(field.label): field.value for field in fields}
    if sorted(values) != ["host", "name"]:
        raise Mistake(Code.E0, "'artifact' takes a host and a name", inner.span, hint=hint)
    host, name = values["host"], values["name"]
    for label, value in (("host", host), ("name", name)):
        if not isinstance(value, StrLiteral):
            raise Mistake(Code.E0, f"'{label}' takes a plain string", value.span, hint=hint)
    assert isinstance(host, StrLiteral) and isinstance(name, StrLiteral)
    return ArtifactLiteral(host.value, name.value, span)
