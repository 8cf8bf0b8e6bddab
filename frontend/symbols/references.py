"""What a reference means, and which members an expression refers to.

In: expressions and the module at home in which they are read. Out: keys of
members (module, member). The rule needs no table: the first segment is the
innermost binder, else (if a dot follows) a module, else a member at home.
"""

from collections.abc import Container
from typing import NamedTuple, TypeAlias

from ...ir.ast import (
    ArtifactLiteral,
    BoolLiteral,
    Expr,
    For,
    FString,
    If,
    IntLiteral,
    ListLiteral,
    RecordLiteral,
    Reference,
    SecretLiteral,
    StrLiteral,
)
from ...ir.span import Span

__all__ = ["Key", "Target", "Use", "qualified", "resolve", "uses"]

Key: TypeAlias = tuple[str, str]
"""(module, member)."""


LEAVES = frozenset({StrLiteral, IntLiteral, BoolLiteral, SecretLiteral, ArtifactLiteral})


class Use(NamedTuple):
    """A reference to a member, and where it stands."""

    key: Key
    span: Span


class Target(NamedTuple):
    """What a reference names: a binder or a member, and the fields to take of it."""

    binder: str | None
    key: Key
    path: tuple[str, ...]


def qualified(key: Key) -> str:
    """Write a key as a program does: `Module.member`."""
    return f"{key[0]}.{key[1]}"


def resolve(reference: Reference, home: str, binders: Container[str]) -> Target:
    """Say what a reference names; whether that exists is another question."""
    segments = reference.segments
    if segments[0] in binders:
        return Target(segments[0], ("", segments[0]), segments[1:])
    return Target(None, _key(segments, home), segments[2:])


def _key(segments: tuple[str, ...], home: str) -> Key:
    return (home, segments[0]) if len(segments) == 1 else (segments[0], segments[1])


def uses(expr: Expr, home: str) -> tuple[Use, ...]:
    """Return every reference to a member in an expression, in both branches of each `if`."""
    if type(expr) in LEAVES:
        return ()
    found: list[Use] = []
    waiting: list[tuple[Expr, frozenset[str]]] = [(expr, frozenset())]
    while waiting:
        part, binders = waiting.pop()
        if isinstance(part, Reference):
            segments = part.segments
            if segments[0] not in binders:
                found.append(Use(_key(segments, home), part.span))
        elif isinstance(part, RecordLiteral):
            inside = [field.value for field in part.fields if type(field.value) not in LEAVES]
            waiting += [(value, binders) for value in inside]
        elif isinstance(part, ListLiteral):
            waiting += [(item, binders) for item in part.items if type(item) not in LEAVES]
        elif isinstance(part, FString):
            waiting += [(hole, binders) for hole in part.parts if isinstance(hole, Reference)]
        elif isinstance(part, If):
            waiting.append((part.otherwise, binders))
            for branch in part.branches:
                waiting += [(branch.condition, binders), (branch.value, binders)]
        elif isinstance(part, For):
            inner = binders | {part.binder}
            waiting += [(part.source, binders), (part.body, inner)]
            for guard in part.guards:
                waiting += [(guard.left, inner), (guard.right, inner)]
    return tuple(found)
