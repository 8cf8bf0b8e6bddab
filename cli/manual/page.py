"""A page of the manual: blocks that can be shown as plain text or as markdown.

In: a title and blocks, or the markdown of a page as it is kept in `pages/`. Out:
lines wrapped for a terminal, or markdown.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Block", "Code", "Page", "Paragraph", "Row", "Rows", "blocks_of"]

FENCE = re.compile(r"^```(\w+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line ends in it mean nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Lines that are shown as they are; `language` is `pcl` or `text`."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A field: what it takes, its default, what it means."""

    name: str
    takes: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Fields, in the order of their schema."""

    rows: tuple[Row, ...]


Block: TypeAlias = Paragraph | Code | Rows


@dataclass(frozen=True, slots=True)
class Page:
    """What one topic says."""

    title: str
    blocks: tuple[Block, ...]

    def text(self, width: int) -> str:
        """Write the page for a terminal of so many columns."""
        parts = [textwrap.fill(self.title, width)]
        parts += ["\n".join(_as_text(block, width)) for block in self.blocks]
        return "\n\n".join(parts)

    def markdown(self) -> str:
        """Write the page as a section of a larger one."""
        return "\n\n".join([f"## {self.title}", *map(_as_markdown, self.blocks)])


def blocks_of(markdown: str) -> tuple[Block, ...]:
    """Read paragraphs and fenced code; a kept page has nothing else."""
    blocks: list[Block] = []
    at = 0
    for fence in FENCE.finditer(markdown):
        blocks += _paragraphs(markdown[at : fence.start()])
        blocks.append(Code(fence[1], fence[2]))
        at = fence.end()
    return (*blocks, *_paragraphs(markdown[at:]))


def _paragraphs(text: str) -> list[Block]:
    return [Paragraph(part.strip()) for part in text.split("\n\n") if part.strip()]


def _as_text(block: Block, width: int) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield textwrap.fill(
            " ".join(block.text.split()), width, break_long_words=False, break_on_hyphens=False
        )
    elif isinstance(block, Code):
        yield textwrap.indent(block.text, "    ")
    else:
        for row in block.rows:
            yield _indented(f"{row.name}: {row.takes}{_default(row)}", width, 2, 6)
            yield _indented(row.meaning, width, 6, 6)


def _default(row: Row) -> str:
    if row.default in ("", "required"):
        return row.default and "; required"
    return f"; default {row.default}"


def _indented(text: str, width: int, first: int, other: int) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * other,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _as_markdown(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    if isinstance(block, Code):
        return f"```{block.language}\n{block.text}\n```"
    head = ["| name | takes | default | meaning |", "|---|---|---|---|"]
    rows = [f"| `{row.name}` | {row.takes} | {row.default} | {row.meaning} |" for row in block.rows]
    return "\n".join(head + rows)
