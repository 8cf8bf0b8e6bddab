"""A unit file as ordered sections of lines, and its text.

In: keys with values that `escape` wrote, each with the span of what it came
from. Out: symbolic text, and the span of each of its lines.
"""

import json
from typing import NamedTuple

from ...ir.canonical import digest
from ...ir.codec import to_tree
from ...ir.names import Digest, ModuleName
from ...ir.span import Span
from ...ir.stack import Service
from ...ir.text import Part, Text, fill, join
from .read import read

__all__ = ["Comment", "Line", "Section", "description", "line_spans", "meaning", "render"]

COSMETIC = frozenset({("Unit", "Description"), ("Unit", "Documentation")})
"""Keys that change nothing at run time; nor does any of [Install]."""


class Line(NamedTuple):
    """`Type=simple`; the value is escaped already."""

    key: str
    value: Text
    span: Span

    def text(self) -> Text:
        """Return the line without its end."""
        return (f"{self.key}=", *self.value)


class Comment(NamedTuple):
    """`# Except PrivateUsers: it serves a port below 1024`; the words are escaped already."""

    words: Text
    span: Span

    def text(self) -> Text:
        """Return the line without its end."""
        return ("# ", *self.words)


class Section(NamedTuple):
    """`[Service]` and its lines; the span is that of the service."""

    name: str
    lines: tuple[Line | Comment, ...]
    span: Span


def description(stack: ModuleName, service: Service, of: str = "") -> Line:
    """Say whose unit it is: `Description=Punix stack HelloStack: hello`."""
    words = f"Punix stack {stack}: {' '.join(filter(None, (of, service.name)))}"
    return Line("Description", (words,), service.span)


def render(sections: tuple[Section, ...]) -> Text:
    """Write the text of a unit as `templates/unit.j2` lays it out.

    A test holds the two to the same bytes; importing jinja2 takes longer than a deploy.
    """
    parts: list[Part] = []
    for section in sections:
        parts.append(f"\n[{section.name}]\n" if parts else f"[{section.name}]\n")
        for line in section.lines:
            parts += [*line.text(), "\n"]
    return join(parts)


def line_spans(sections: tuple[Section, ...]) -> tuple[Span, ...]:
    """Return the span of each line of the text: of its value, or of the service."""
    spans: list[Span] = []
    for section in sections:
        blank = [section.span] if spans else []
        spans += [*blank, section.span, *(line.span for line in section.lines)]
    return tuple(spans)


def meaning(text: Text, secrets: Text) -> Digest:
    """Digest what a unit says without what changes nothing at run time, comments as well.

    The order of different keys is left out; of one key it counts, as of several `ExecStartPre`.
    `secrets` is the text of its secret file, in which values are only references.
    """
    plain = fill(text, lambda symbol: f"\0{json.dumps(to_tree(symbol))}\0")
    entries = [
        [section, key, value]
        for section, key, value in read(plain)
        if section != "Install" and (section, key) not in COSMETIC
    ]
    entries.sort(key=lambda entry: entry[:2])
    return digest([entries, to_tree(secrets, hashed=True)], "punix 2026-11-23 systemd meaning v1")
