"""Plain trees back to nodes, driven by the field types of the nodes.

In: a type of node and a tree, as `codec.to_tree` makes it. Out: the node. An unknown tag, an
unknown field, a missing one that has no default, a value of the wrong type, and a name that
breaks its rule are all `CodecError` with the path of the offending value.

    node      {"tag": "out", "module": "Hello"}
    tuple     [ … ]
    Span      ["hello.pcl", 10, 25]
    None, bool, int, str and checked names: themselves
"""

import types
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from typing import (
    Any,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from .depth import deep
from .names import BadName, CheckedStr
from .node import Node
from .span import Span

__all__ = ["Class", "CodecError", "Tree", "from_tree"]

N = TypeVar("N", bound=Node)
Tree: TypeAlias = Any
"""What `json.loads` returns; whoever reads it looks at the type of each part."""
Class: TypeAlias = Any
"""A `type[Node]`; mypy takes classes for unhashable, and `cache` wants what has a hash."""
Decoder: TypeAlias = Callable[[Tree, str], Any]
"""Turns a tree into a field's value; the path says where the tree stands."""


class CodecError(ValueError):
    """A tree that is not the node it should be; says where and why."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path or 'document'}: {problem}")


def from_tree(cls: type[N], tree: object) -> N:
    """Read a node of type `cls`. Raises CodecError where the tree does not fit."""
    try:
        with deep():
            return cast(N, _node_decoder(cast(Class, cls))(tree, ""))
    except RecursionError:
        raise CodecError("", "nested too deep") from None


@cache
def _node_decoder(cls: Class) -> Decoder:
    hints = get_type_hints(cls)
    names: tuple[str, ...] = cls.__match_args__
    wanted = {"tag", *names}
    decoders: list[tuple[str, Decoder]] = []

    def decode(tree: Tree, path: str) -> Node:
        if not decoders and names:  # filled at first use: node types refer to each other
            decoders.extend((name, decoder_for(hints[name])) for name in names)
        if not isinstance(tree, dict) or tree.get("tag") != cls.TAG:
            raise CodecError(path, f"not a {cls.TAG!r} node")
        absent = _absent(cls, tree, path) if tree.keys() != wanted else {}
        values = [
            absent[name] if name in absent else decoder(tree[name], f"{path}.{name}")
            for name, decoder in decoders
        ]
        return cast(Node, cls(*values))

    return decode


def _absent(cls: Class, tree: dict[str, Tree], path: str) -> dict[str, object]:
    """Return the values of fields that are not in a tree: an older punix did not know them."""
    known = {"tag": MISSING} | {one.name: one.default for one in fields(cls)}
    absent = {name: default for name, default in known.items() if name not in tree}
    odd = tree.keys() - known.keys() or {n for n, value in absent.items() if value is MISSING}
    if odd:
        name = min(odd, key=str)
        raise CodecError(path, f"{'unknown' if name in tree else 'missing'} field {name!r}")
    return absent


def decoder_for(hint: Any) -> Decoder:
    """Return a function that checks and converts a tree to what a type hint says."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union_decoder(get_args(hint))
    if origin is Literal:
        return _literal_decoder(get_args(hint))
    if hint is Span:
        return _decode_span
    if origin is tuple:
        return _tuple_decoder(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Node):
        return _node_decoder(cast(Class, hint))
    return _scalar_decoder(hint)


def _tuple_decoder(hint: Any) -> Decoder:
    item = decoder_for(hint)

    def decode(tree: Tree, path: str) -> tuple[Any, ...]:
        if not isinstance(tree, list):
            raise CodecError(path, "not a list")
        return tuple([item(entry, f"{path}[{at}]") for at, entry in enumerate(tree)])

    return decode


def _literal_decoder(choices: tuple[Any, ...]) -> Decoder:
    def decode(tree: Tree, path: str) -> Any:
        if not isinstance(tree, str) or tree not in choices:
            raise CodecError(path, f"not one of {', '.join(map(repr, choices))}")
        return tree

    return decode


def _scalar_decoder(kind: Any) -> Decoder:
    if kind not in (str, int, bool, type(None)) and not issubclass(kind, CheckedStr):
        raise TypeError(f"{kind!r} cannot be a field of a node")
    checked = issubclass(kind, CheckedStr)
    base = str if checked else kind

    def decode(tree: Tree, path: str) -> Any:
        if type(tree) is not base:
            raise CodecError(path, f"not a {base.__name__}")
        if base is str and not tree.isascii():
            _check_unicode(tree, path)
        if not checked:
            return tree
        try:
            return kind(tree)
        except BadName as problem:
            raise CodecError(path, str(problem)) from None

    return decode


def _check_unicode(text: str, path: str) -> None:
    """Refuse half a surrogate pair: JSON can write one, and no file can hold it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise CodecError(path, "not Unicode text") from None


def _union_decoder(hints: tuple[Any, ...]) -> Decoder:
    nodes = {hint.TAG: hint for hint in hints if isinstance(hint, type) and issubclass(hint, Node)}
    others = [hint for hint in hints if hint not in nodes.values()]
    scalars = {str if issubclass(hint, str) else hint: decoder_for(hint) for hint in others}

    def decode(tree: Tree, path: str) -> Any:
        if isinstance(tree, dict):
            cls = nodes.get(str(tree.get("tag")))
            if cls is None:
                raise CodecError(path, f"unknown tag {tree.get('tag')!r}")
            return _node_decoder(cast(Class, cls))(tree, path)
        decoder = scalars.get(type(tree))
        if decoder is None:
            raise CodecError(path, f"{type(tree).__name__} does not fit here")
        return decoder(tree, path)

    return decode


def _decode_span(tree: Tree, path: str) -> Span:
    fits = isinstance(tree, list) and [type(part) for part in tree] == [str, int, int]
    if not fits or not 0 <= tree[1] <= tree[2]:
        raise CodecError(path, "not a span [file, start, end]")
    return Span(*tree)
