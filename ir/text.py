"""Symbolic text: what a program says about paths and secrets before they exist.

A text is a tuple of parts. `literal` parts are plain strings; `Out` stands for
the store path of a package named by module; the `address` pass turns it into
`StorePath`, named by content; `Secret` stands for a value that only the runtime
reads, and `LiveFolder` for a place that only the runtime knows. No digest ever
sees a store root or a secret's value.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Literal, TypeAlias, cast

from .names import Base64, ModuleName, StoreName, shorten
from .node import Node, node, uncompared
from .span import Span

__all__ = [
    "Bytes",
    "LiveFolder",
    "Out",
    "Part",
    "Secret",
    "StorePath",
    "Symbol",
    "Text",
    "Variable",
    "fill",
    "join",
    "literal",
    "outs",
    "secret_fault",
]


@node("out")
class Out(Node):
    """`Hello.out`: the store path of the package that module `module` declares."""

    module: ModuleName


@node("store-path")
class StorePath(Node):
    """`<store root>/<name>`, once the package has its name."""

    name: StoreName


@node("secret")
class Secret(Node):
    """`{ from_env = "DB_PWD" }`: a value that is read when it is needed and kept nowhere."""

    origin: Literal["from_env", "from_file", "from_vault"]
    key: str


def secret_fault(origin: str, key: str) -> str | None:
    """Say why no secret can be called like that; whether there is one, only the runtime knows."""
    if not key or "\0" in key:
        return f"'{origin}' names no secret"
    if origin == "from_env" and "=" in key:
        return f"no variable is called '{shorten(key)}'"
    if origin == "from_vault" and any(part in ("", ".", "..") for part in key.split("/")):
        return f"'{shorten(key)}' is no path in a vault"
    return None


@node("live-folder")
class LiveFolder(Node):
    """The folder of the generation that is live: `<deployments root>/<Stack>/live`."""


@node("bytes")
class Bytes(Node):
    """The whole of a file that is no UTF-8; it stands in a text of its own."""

    data: Base64


Symbol: TypeAlias = Out | StorePath | Secret | LiveFolder | Bytes
Part: TypeAlias = str | Symbol
Text: TypeAlias = tuple[Part, ...]


@node("variable")
class Variable(Node):
    """`NAME=text` in an environment; the span is that of the text."""

    name: str
    text: Text
    span: Span = uncompared()


def join(parts: Iterable[Part]) -> Text:
    """Merge neighbouring literals and drop empty ones, so that equal texts are equal tuples."""
    merged: list[Part] = []
    for is_text, run in groupby(parts, lambda part: isinstance(part, str)):
        if not is_text:
            merged += run
        elif text := "".join(cast(Iterator[str], run)):
            merged.append(text)
    return tuple(merged)


def literal(text: Text) -> str | None:
    """Return the text if it is plain, None if it holds a symbolic part."""
    if not text:
        return ""
    only = text[0]
    return only if len(text) == 1 and isinstance(only, str) else None


def fill(text: Text, value: Callable[[Symbol], str]) -> str:
    """Replace every symbolic part by what `value` says of it."""
    return "".join(part if isinstance(part, str) else value(part) for part in text)


def outs(text: Text) -> Iterator[ModuleName]:
    """Yield the modules whose store paths the text mentions."""
    return (part.module for part in text if isinstance(part, Out))
