"""Nodes to plain trees and back, driven by the field types of the nodes.

In: a node. Out: a tree of dicts, lists and scalars, and JSON text with the
envelope `{"punix": {"ir": "derivation", "version": 1}, …}`. Decoding is strict:
an unknown tag, a missing or unknown field, a value of the wrong type, a name
that breaks its rule and another version are all `CodecError` with the path of
the offending value.

    node      {"tag": "out", "module": "Hello"}
    tuple     [ … ]
    Span      ["hello.pcl", 10, 25]
    None, bool, int, str and checked names: themselves
"""

import json
import types
from collections.abc import Callable, Iterator
from dataclasses import fields
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

from .canonical import digest
from .depth import deep
from .names import BadName, CheckedStr, Digest
from .node import Document, Node
from .span import Span

__all__ = [
    "CodecError",
    "Tree",
    "dumps",
    "envelope",
    "from_tree",
    "identity",
    "ir_name",
    "loads",
    "open_envelope",
    "parse_json",
    "to_tree",
]

N = TypeVar("N", bound=Node)
R = TypeVar("R", bound=Document)
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


# Encoding ----------------------------------------------------------------


def to_tree(value: object, *, hashed: bool = False) -> Tree:
    """Return the plain tree of a node, or of a field's value.

    With `hashed`, fields that are not compared (spans, sources) are left out.
    """
    if isinstance(value, Node):
        tree = {"tag": value.TAG}
        for name in _field_names(cast(Class, type(value)), hashed):
            tree[name] = to_tree(getattr(value, name), hashed=hashed)
        return tree
    if isinstance(value, tuple):
        return [to_tree(item, hashed=hashed) for item in value]
    return value


@cache
def _field_names(cls: Class, hashed: bool) -> tuple[str, ...]:
    entries = fields(cls)
    return tuple(entry.name for entry in entries if entry.compare or not hashed)


def identity(root: Document) -> Digest:
    """Return the digest of a whole IR: canonical bytes of what is compared, under its name."""
    with deep():
        return digest(root, f"punix 2026-11-23 ir {root.IR} v{root.VERSION}")


def envelope(root: Document) -> dict[str, Tree]:
    """Wrap the tree of a whole IR: what it is, which version, then its fields."""
    with deep():
        body = to_tree(root)
    del body["tag"]
    return {"punix": {"ir": root.IR, "version": root.VERSION}, **body}


def dumps(root: Document) -> str:
    """Write a whole IR as JSON: one line for each field, and for each item of a long list.

    The result depends on nothing but the node, so that it can be compared byte by byte.
    """
    with deep():
        return "".join(_json_lines(envelope(root)))


def _json_lines(tree: dict[str, Tree]) -> Iterator[str]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    before = "{\n"
    for key, value in tree.items():
        yield f"{before}{encode(key)}: "
        before = ",\n"
        if isinstance(value, list) and value and not isinstance(value[0], str | int):
            yield "[\n" + ",\n".join(encode(item) for item in value) + "\n]"
        else:
            yield encode(value)
    yield "\n}\n"


# Decoding ----------------------------------------------------------------


def loads(cls: type[R], text: str) -> R:
    """Read an IR of type `cls` from JSON. Raises CodecError for anything else."""
    return open_envelope(cls, parse_json(text))


def parse_json(text: str) -> Tree:
    """Read JSON without floats and without a key twice. Raises CodecError for anything else."""
    try:
        with deep():
            return json.loads(
                text,
                parse_float=_no_float,
                parse_constant=_no_float,
                object_pairs_hook=_unique,
            )
    except RecursionError:
        raise CodecError("", "nested too deep") from None
    except CodecError:
        raise
    except ValueError as problem:
        raise CodecError("", f"not JSON: {problem}") from None


def _unique(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise CodecError("", f"a key of {{{', '.join(sorted(table))[:60]}}} is given twice")
    return table


def _no_float(text: str) -> None:
    raise CodecError("", f"{text[:20]} is not an integer")


def ir_name(tree: object) -> str:
    """Say which IR an envelope holds. Raises CodecError if it is none."""
    header = tree.get("punix") if isinstance(tree, dict) else None
    name = header.get("ir") if isinstance(header, dict) else None
    if not isinstance(name, str):
        raise CodecError("", "no punix header")
    return name


def open_envelope(cls: type[R], tree: object) -> R:
    """Read an IR of type `cls` from its envelope. Raises CodecError for anything else."""
    name = ir_name(tree)
    body = dict(cast(dict[str, Tree], tree))
    header = body.pop("punix")
    if name != cls.IR:
        raise CodecError("punix.ir", f"this is {name!r}, not {cls.IR!r}")
    if header.get("version") != cls.VERSION:
        raise CodecError(
            "punix.version", f"{header.get('version')!r}, this tool reads {cls.VERSION}"
        )
    return from_tree(cls, {"tag": cls.TAG, **body})


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
    names = _field_names(cls, False)
    wanted = {"tag", *names}
    decoders: list[tuple[str, Decoder]] = []

    def decode(tree: Tree, path: str) -> Node:
        if not decoders and names:  # filled at first use: node types refer to each other
            decoders.extend((name, decoder_for(hints[name])) for name in names)
        if not isinstance(tree, dict) or tree.get("tag") != cls.TAG:
            raise CodecError(path, f"not a {cls.TAG!r} node")
        if tree.keys() != wanted:
            odd = min(tree.keys() ^ wanted, key=str)
            raise CodecError(path, f"{'unknown' if odd in tree else 'missing'} field {odd!r}")
        values = [decoder(tree[name], f"{path}.{name}") for name, decoder in decoders]
        return cast(Node, cls(*values))

    return decode


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
