"""Random nodes of any type, drawn from the types of their fields."""

import types
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from punix.ir.names import BadName, CheckedStr
from punix.ir.node import Node
from punix.ir.span import Span

NAMES = (
    *("a", "Hello", "rustc-bootstrap", "1.0", "hello.service", "www-data", "MemoryMax"),
    *("/etc/a b", "/", "/srv/x", "0644", "755", "ab" * 32, "a2" * 16 + "-hello-1.0"),
    *("http://localhost:80/a?b", "[::1]:443"),
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SPANS = st.builds(
    lambda file, start, size: Span(file, start, start + size),
    TEXTS,
    st.integers(0, 99),
    st.integers(0, 9),
)
PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(),
    bool: st.booleans(),
    type(None): st.none(),
    Span: SPANS,
}


MADE: dict[Any, st.SearchStrategy[Any]] = {}


def nodes(kind: Any) -> st.SearchStrategy[Any]:
    """Return the strategy for nodes of one type."""
    if kind not in MADE:
        hints = get_type_hints(kind)
        names = [entry.name for entry in fields(kind)]
        MADE[kind] = st.deferred(lambda: st.builds(kind, *(values(hints[name]) for name in names)))
    return MADE[kind]


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what a type hint allows."""
    origin = get_origin(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if origin is Literal:
        return st.sampled_from(get_args(hint))
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(choice) for choice in get_args(hint)))
    if origin is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=2).map(tuple)
    if issubclass(hint, Node):
        return nodes(hint)
    return st.sampled_from(accepted(hint))


def accepted(kind: type[CheckedStr]) -> list[CheckedStr]:
    """Return the sample names that fit a checked type."""
    found = []
    for name in NAMES:
        try:
            found.append(kind(name))
        except BadName:
            continue
    return found
