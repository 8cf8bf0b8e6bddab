"""Canonical layout of a program file; what it means stays.

In: the name and bytes of a file. Out: its text in the layout that docs/language.md
describes. Only white space, needless separators and the margins of raw strings
change; comments stay where they belong.
"""

from typing import NamedTuple

from ...ir.diagnostics import Code, Collector
from ...ir.span import Source
from ..parse import parse_file
from ..syntax.lexer import tokenize
from .printer import lay_out
from .stream import read_stream

__all__ = ["Formatted", "format_file"]


class Formatted(NamedTuple):
    """A file before and after: its lines, its text with LF line ends, the text laid out.

    `after` is None if the file is not PCL.
    """

    source: Source
    before: str
    after: str | None


def format_file(name: str, data: bytes, collector: Collector) -> Formatted:
    """Lay a file out, or give the collector every E0 of it."""
    found = Collector()
    _, _, source, before = parse_file(name, data, found)
    mistakes = [mistake for mistake in found.sorted() if mistake.code is Code.E0]
    for mistake in mistakes:
        collector.add(mistake)
    if mistakes:
        return Formatted(source, before, None)
    return Formatted(source, before, lay_out(read_stream(before, tokenize(before))))
