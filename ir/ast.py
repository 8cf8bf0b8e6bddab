"""Stage `ast`: what a program says, before anything is known about what it means.

In: what `frontend/parse` read. Out: one `Ast` for all files. String escapes are
decoded, raw strings dedented, holes split off; parentheses, commas and
semicolons are gone, and comments too: `fmt` reads tokens.
"""

from typing import ClassVar, Literal, TypeAlias

from .names import Label, ModuleName
from .node import Document, Node, node, uncompared
from .span import Source, Span

__all__ = [
    "ArtifactLiteral",
    "Ast",
    "BoolLiteral",
    "Branch",
    "Contribution",
    "Derived",
    "EnumType",
    "Expr",
    "FString",
    "FieldLiteral",
    "FieldType",
    "For",
    "Guard",
    "If",
    "IntLiteral",
    "ListLiteral",
    "Member",
    "ModuleBlock",
    "NamedType",
    "OptionDecl",
    "RecordLiteral",
    "RecordType",
    "Reference",
    "Rung",
    "ScenarioBlock",
    "SecretLiteral",
    "StrLiteral",
    "TypeExpr",
    "end_of",
]

Rung: TypeAlias = Literal["default", "plain", "force"]


# Types -------------------------------------------------------------------


@node("named-type")
class NamedType(Node):
    """`Str`, `List[Str]`: a name and at most one argument."""

    name: str
    argument: "TypeExpr | None"
    span: Span = uncompared()


@node("field-type")
class FieldType(Node):
    """`port: Int` inside a record type."""

    label: Label
    type: "TypeExpr"
    span: Span = uncompared()


@node("record-type")
class RecordType(Node):
    """`{ host: Str port: Int }`."""

    fields: tuple[FieldType, ...]
    span: Span = uncompared()


@node("enum-type")
class EnumType(Node):
    """`"a" | "b"`."""

    choices: tuple[str, ...]
    span: Span = uncompared()


TypeExpr: TypeAlias = NamedType | RecordType | EnumType


# Expressions -------------------------------------------------------------


@node("int")
class IntLiteral(Node):
    """`8080`, `-1`."""

    value: int
    span: Span = uncompared()


@node("bool")
class BoolLiteral(Node):
    """`true`."""

    value: bool
    span: Span = uncompared()


@node("str")
class StrLiteral(Node):
    '''`"text"` or `"""text"""`, decoded.'''

    value: str
    span: Span = uncompared()


@node("f-string")
class FString(Node):
    """`f"http://{host}:{port}/"`: literal parts and references in turn."""

    parts: tuple["str | Reference", ...]
    span: Span = uncompared()


@node("reference")
class Reference(Node):
    """`name`, `Module.member`, `x.field.deeper`: at least one segment."""

    segments: tuple[str, ...]
    span: Span = uncompared()


@node("list")
class ListLiteral(Node):
    """`[a, b]`."""

    items: tuple["Expr", ...]
    span: Span = uncompared()


@node("field")
class FieldLiteral(Node):
    """`port = 80` inside a record; the span is the label's."""

    label: Label
    value: "Expr"
    span: Span = uncompared()


@node("record")
class RecordLiteral(Node):
    """`{ host = "a" port = 80 }`; labels are unique."""

    fields: tuple[FieldLiteral, ...]
    span: Span = uncompared()


@node("secret-literal")
class SecretLiteral(Node):
    """`{ from_env = "DB_PWD" }`."""

    origin: Literal["from_env", "from_file", "from_vault"]
    key: str
    span: Span = uncompared()


@node("artifact")
class ArtifactLiteral(Node):
    """`{ artifact = { host = "db" name = "cert" } }`."""

    host: str
    name: str
    span: Span = uncompared()


@node("branch")
class Branch(Node):
    """`if condition then value`; a chain of else-ifs is one `If` with many of these."""

    condition: "Expr"
    value: "Expr"
    span: Span = uncompared()


@node("if")
class If(Node):
    """`if a then x else if b then y else z`: at least one branch."""

    branches: tuple[Branch, ...]
    otherwise: "Expr"
    span: Span = uncompared()


@node("guard")
class Guard(Node):
    """`x.kind = "web"`: both sides are an atom or a reference."""

    left: "Expr"
    right: "Expr"
    span: Span = uncompared()


@node("for")
class For(Node):
    """`for x in source where x.kind = "web" yield distinct x.port`."""

    binder: str
    source: "Expr"
    guards: tuple[Guard, ...]
    distinct: bool
    body: "Expr"
    span: Span = uncompared()


Expr: TypeAlias = (
    IntLiteral
    | BoolLiteral
    | StrLiteral
    | FString
    | Reference
    | ListLiteral
    | RecordLiteral
    | SecretLiteral
    | ArtifactLiteral
    | If
    | For
)


# Members and blocks ------------------------------------------------------


@node("option")
class OptionDecl(Node):
    """`option port : Int = 80`; the span is the name's."""

    name: Label
    type: TypeExpr
    default: Expr | None
    span: Span = uncompared()


@node("derived")
class Derived(Node):
    """`url = f"http://{host}/"`; the span is the name's."""

    name: Label
    value: Expr
    span: Span = uncompared()


@node("contribution")
class Contribution(Node):
    """`Web.port = force 443`; the span is that of `Web.port`."""

    target: ModuleName
    member: Label
    rung: Rung
    value: Expr
    span: Span = uncompared()


Member: TypeAlias = OptionDecl | Derived | Contribution


def end_of(member: Member) -> int:
    """Return the offset at which a member ends; its `span` is the place of its name."""
    if isinstance(member, OptionDecl):
        return (member.default or member.type).span.end
    return member.value.span.end


@node("module-block")
class ModuleBlock(Node):
    """`module Web { … }`; blocks of one name merge later; the span is the name's.

    `whole` is false when the block had an error and what stands here is what
    could be read of it.
    """

    name: ModuleName
    members: tuple[Member, ...]
    whole: bool = uncompared()
    span: Span = uncompared()


@node("scenario-block")
class ScenarioBlock(Node):
    """`scenario production { … }`."""

    name: Label
    members: tuple[Contribution, ...]
    whole: bool = uncompared()
    span: Span = uncompared()


@node("ast")
class Ast(Document):
    """All files of a program; blocks in the order of (file, offset)."""

    IR: ClassVar[str] = "ast"
    VERSION: ClassVar[int] = 1

    modules: tuple[ModuleBlock, ...]
    scenarios: tuple[ScenarioBlock, ...]
    sources: tuple[Source, ...] = uncompared()
