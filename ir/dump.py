"""A readable form of any IR that parses back to the same tree.

In: the envelope of an IR (`codec.envelope`). Out: text in the manner of PCL:

    punix derivation 1
    system = "x86_64-linux"
    derivations = [
      derivation {
        name = "…-hello-1.0"
        script = ["mkdir -p $OUTPUT/bin\\n"]
      }
    ]

A node is `tag { field = value … }`, a span is `@"hello.pcl" 10 25`, scalars are
JSON. What stands on one line if it is short does; nothing depends on layout.
"""

import json
import re
from collections.abc import Iterator

from .codec import CodecError, Tree
from .depth import deep

__all__ = ["parse", "render"]

WIDTH = 100
TOKEN = re.compile(
    r'\s*(?:(?P<scalar>"(?:[^"\\]|\\.)*+"|-?[0-9]++|null|true|false)(?![\w-])|(?P<name>[A-Za-z][\w-]*+)|(?P<mark>[\[\]{}=@])|(?P<end>\Z))'
)


def render(tree: dict[str, Tree]) -> str:
    """Write an envelope as a dump."""
    header = tree["punix"]
    lines = [f"punix {header['ir']} {header['version']}"]
    with deep():
        for key, value in tree.items():
            if key != "punix":
                lines.extend(_block(value, f"{key} = ", ""))
    return "\n".join(lines) + "\n"


def _block(value: Tree, head: str, pad: str) -> Iterator[str]:
    """Yield the lines of a value; on one line if it fits."""
    flat = _flat(value, WIDTH - len(pad) - len(head))
    if flat is not None:
        yield f"{pad}{head}{flat}"
    elif isinstance(value, list):
        yield f"{pad}{head}["
        for item in value:
            yield from _block(item, "", pad + "  ")
        yield f"{pad}]"
    else:
        yield f"{pad}{head}{value['tag']} {{"
        for key, item in value.items():
            if key != "tag":
                yield from _block(item, f"{key} = ", pad + "  ")
        yield f"{pad}}}"


def _flat(value: Tree, room: int) -> str | None:
    """Write a value on one line; None if it does not fit (scalars and spans always do)."""
    if isinstance(value, dict):
        items = [(f"{key} = ", item) for key, item in value.items() if key != "tag"]
        return _flat_items(f"{value['tag']} {{", items, "}", room)
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if is_span(value):
        return f"@{json.dumps(value[0], ensure_ascii=False)} {value[1]} {value[2]}"
    return _flat_items("[", [("", item) for item in value], "]", room)


def _flat_items(start: str, items: list[tuple[str, Tree]], end: str, room: int) -> str | None:
    parts: list[str] = []
    used = len(start) + len(end)
    for head, item in items:
        flat = _flat(item, room - used)
        used += len(head) + len(flat or "") + 1
        if flat is None or used > room:
            return None
        parts.append(head + flat)
    return f"{start} {' '.join(parts)} {end}" if parts else start + end


def is_span(value: list[Tree]) -> bool:
    """Whether a list is the tree of a span; no other list mixes a text with two integers."""
    return len(value) == 3 and [type(part) for part in value] == [str, int, int]


def parse(text: str) -> dict[str, Tree]:
    """Read a dump back. Raises CodecError with the line of what does not fit."""
    with deep():
        try:
            return _Reader(text).document()
        except RecursionError:
            raise CodecError("", "nested too deep") from None


class _Reader:
    """One pass over the tokens of a dump."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._kind = self._token = ""
        self._advance()

    def document(self) -> dict[str, Tree]:
        self._expect("punix")
        header = {"ir": self._name(), "version": self._scalar()}
        return {"punix": header, **self._fields("")}

    def _advance(self) -> None:
        match = TOKEN.match(self._text, self._at)
        if match is None:
            raise self._error("cannot read this")
        self._at = match.end()
        self._kind = match.lastgroup or "end"
        self._token = match[self._kind]

    def _error(self, problem: str) -> CodecError:
        line = self._text.count("\n", 0, self._at) + 1
        return CodecError(f"line {line}", problem)

    def _expect(self, token: str) -> None:
        if self._token != token or self._kind == "scalar":
            raise self._error(f"expected {token!r}, found {self._token[:40]!r}")
        self._advance()

    def _name(self) -> str:
        if self._kind != "name":
            raise self._error(f"expected a name, found {self._token[:40]!r}")
        name = self._token
        self._advance()
        return name

    def _scalar(self) -> Tree:
        if self._kind != "scalar":
            raise self._error(f"expected a value, found {self._token[:40]!r}")
        try:
            value = json.loads(self._token)
        except ValueError:
            raise self._error("not a JSON scalar") from None
        self._advance()
        return value

    def _fields(self, closing: str) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        while self._kind == "name":
            name = self._name()
            if name in found or name == "tag":
                raise self._error(f"field {name!r} twice")
            self._expect("=")
            found[name] = self._value()
        if self._token != closing:
            raise self._error(f"expected a field, found {self._token[:40]!r}")
        return found

    def _value(self) -> Tree:
        if self._kind == "scalar":
            return self._scalar()
        if self._kind == "name":
            return self._node()
        if self._token == "@":
            self._advance()
            return [self._scalar(), self._scalar(), self._scalar()]
        return self._list()

    def _node(self) -> dict[str, Tree]:
        tag = self._name()
        self._expect("{")
        found = self._fields("}")
        self._advance()
        return {"tag": tag, **found}

    def _list(self) -> list[Tree]:
        self._expect("[")
        items: list[Tree] = []
        while self._token != "]" or self._kind == "scalar":
            items.append(self._value())
        self._advance()
        return items
