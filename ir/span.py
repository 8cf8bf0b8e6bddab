"""Places in program files.

In: offsets, as the lexer counts them. Out: file, line and column, computed only
when somebody reads them. A `Span` is carried through every stage and never
compared or hashed; each IR keeps the table of `Source`s that its spans need, so
that a stored IR can name `hello.pcl:4:3` without the file.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .node import Node, node

__all__ = ["Place", "Source", "Span", "by_name", "locate"]


class Span(NamedTuple):
    """The half-open range [start, end) of code points in the file called `file`.

    Offsets count after the BOM is dropped and line ends are turned into LF.
    """

    file: str
    start: int
    end: int


class Place(NamedTuple):
    """A position as people and editors count it: line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def without_column(self) -> str:
        """The place as `file:line`."""
        return f"{self.file}:{self.line}"


@node("source-lines")
class Source(Node):
    """A program file: its name as it was given, and the offset at which each line begins."""

    name: str
    lines: tuple[int, ...]

    @classmethod
    def of(cls, name: str, text: str) -> "Source":
        """Make the table for a text whose line ends are LF."""
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        return cls(name, tuple(starts))

    def place(self, offset: int) -> Place:
        """Turn an offset into line and column."""
        line = bisect_right(self.lines, offset)
        if not line:  # a table that somebody wrote by hand
            return Place(self.name, 1, offset + 1)
        return Place(self.name, line, offset - self.lines[line - 1] + 1)


def locate(span: Span, sources: Mapping[str, Source]) -> Place:
    """Say where a span begins; a file that the table lacks counts as one line."""
    source = sources.get(span.file)
    return source.place(span.start) if source else Place(span.file, 1, span.start + 1)


def by_name(sources: Iterable[Source]) -> dict[str, Source]:
    """Index sources by name."""
    return {source.name: source for source in sources}
