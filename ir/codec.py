"""Nodes to plain trees, documents to JSON and back.

In: a node. Out: a tree of dicts, lists and scalars; of a whole document, JSON text with the
envelope `{"punix": {"ir": "derivation", "version": 1}, …}`. Reading that is strict: another
document, another version and whatever `decode` refuses are a `CodecError`.
"""

import json
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import TypeVar, cast

from .canonical import digest
from .decode import Class, CodecError, Tree, from_tree
from .depth import deep
from .names import Digest
from .node import Document, Node

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

R = TypeVar("R", bound=Document)


# Encoding ----------------------------------------------------------------


def to_tree(value: object, *, hashed: bool = False) -> Tree:
    """Return the plain tree of a node, or of a field's value.

    With `hashed`, fields that are not compared (spans, sources) are left out.
    """
    if isinstance(value, Node):
        tree = {"tag": value.TAG}
        names = _compared(cast(Class, type(value))) if hashed else value.__match_args__
        for name in names:
            tree[name] = to_tree(getattr(value, name), hashed=hashed)
        return tree
    if isinstance(value, tuple):
        return [to_tree(item, hashed=hashed) for item in value]
    return value


@cache
def _compared(cls: Class) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(cls) if entry.compare)


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
