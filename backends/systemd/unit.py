"""A unit file as ordered sections of lines, and its text.

In: keys with values that `escape` wrote, each with the span of what it came
from. Out: symbolic text, and the span of each of its lines. The template decides
the layout and nothing else.
"""

import json
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ...ir.canonical import digest
from ...ir.codec import to_tree
from ...ir.names import Digest
from ...ir.span import Span
from ...ir.text import Symbol, Text, fill, join
from .read import read

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Line", "Section", "line_spans", "meaning", "render"]

COSMETIC = frozenset({("Unit", "Description"), ("Unit", "Documentation")})
"""Keys that change nothing at run time; nor does any of [Install]."""


class Line(NamedTuple):
    """`Type=simple`; the value is escaped already."""

    key: str
    value: Text
    span: Span


class Section(NamedTuple):
    """`[Service]` and its lines; the span is that of the service."""

    name: str
    lines: tuple[Line, ...]
    span: Span


def render(sections: tuple[Section, ...]) -> Text:
    """Write the text of a unit. No value may hold a NUL: that is how symbols pass the template."""
    symbols: list[Symbol] = []

    def mark(symbol: Symbol) -> str:
        symbols.append(symbol)
        return f"\0{len(symbols) - 1}\0"

    marked = [
        {"name": name, "lines": [f"{line.key}={fill(line.value, mark)}" for line in lines]}
        for name, lines, _ in sections
    ]
    plain = _template().render(sections=marked)
    pieces = plain.split("\0")
    return join(symbols[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces))


def line_spans(sections: tuple[Section, ...]) -> tuple[Span, ...]:
    """Return the span of each line of the text: of its value, or of the service."""
    spans: list[Span] = []
    for section in sections:
        blank = [section.span] if spans else []
        spans += [*blank, section.span, *(line.span for line in section.lines)]
    return tuple(spans)


def meaning(text: Text, secrets: Text) -> Digest:
    """Digest what a unit says without what changes nothing at run time.

    `secrets` is the text of its secret file, in which values are only references.
    """
    plain = fill(text, lambda symbol: f"\0{json.dumps(to_tree(symbol))}\0")
    entries = [
        [section, key, value]
        for section, key, value in read(plain)
        if section != "Install" and (section, key) not in COSMETIC
    ]
    return digest([entries, to_tree(secrets, hashed=True)], "punix 2026-11-23 systemd meaning v1")


@cache
def _template() -> "Template":
    import jinja2  # heavy: only for who renders units

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("unit.j2")
