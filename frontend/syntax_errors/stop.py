"""The place at which the parser stopped, and the kinds of tokens that explanations tell apart.

In: the layout of a file, and what the parser had read and would accept. Out: a `Stop`.
"""

from typing import NamedTuple

from ...ir.diagnostics import Code, Label
from ...ir.span import Span
from ..syntax import tables
from ..syntax.blocks import Layout
from ..syntax.mistake import Mistake, shorten

__all__ = ["BEFORE_ITEM", "BEFORE_VALUE", "STRINGS", "VALUES", "Stop"]

STRINGS = (tables.STR, tables.RAW, tables.FSTR, tables.FRAW)
VALUES = frozenset(
    {*STRINGS, tables.INT, tables.LBRACE, tables.LSQB, tables.TRUE, tables.FALSE, tables.NAME}
)
"""What a value may begin with."""
BEFORE_VALUE = frozenset(
    {tables.EQUAL, tables.LSQB, tables.COMMA, tables.THEN, tables.ELSE, tables.YIELD}
    | {tables.FORCE, tables.DEFAULT, tables.DISTINCT}
)
"""What stands before a value."""

BEFORE_ITEM = (tables.LSQB, tables.LBRACE, tables.COMMA)


class Stop(NamedTuple):
    """Where the parser stopped, and what it would accept.

    `position` and `member`, where the broken member begins, are tokens of the
    block [begin, end).
    """

    layout: Layout
    file: str
    text: str
    begin: int
    member: int
    position: int
    end: int
    accepted: frozenset[int]
    too_deep: bool

    def kind(self, token: int) -> int:
        """The kind of a token of this block, END outside it."""
        return self.layout.kinds[token] if self.begin <= token < self.end else tables.END

    def word(self, token: int) -> str:
        """The text of a token of this block."""
        if not self.begin <= token < self.end:
            return ""
        start, end = self.layout.spans[token]
        return self.text[start:end]

    def quoted(self, token: int) -> str:
        """A token as a message shows it."""
        text = self.word(token)
        if text.startswith(('"', 'f"')):
            return "the string" if len(text) > 30 or "\n" in text else text
        if not text.isprintable():
            return f"U+{ord(text[0]):04X}"
        return f"'{shorten(text)}'"

    def span(self, token: int) -> Span:
        """The place of a token; past the last, where that ends."""
        if token < len(self.layout.spans):
            return Span(self.file, *self.layout.spans[token])
        end = self.layout.spans[-1][1]
        return Span(self.file, end, end)

    def shown(self, first: int, last: int) -> str:
        """A range of tokens as a message shows it."""
        spans = self.layout.spans
        return f"'{shorten(self.text[spans[first][0] : spans[last][1]])}'"

    def touches(self, token: int) -> bool:
        """Whether nothing stands between a token and the one before."""
        spans = self.layout.spans
        return self.begin < token < self.end and spans[token - 1][1] == spans[token][0]

    def wants(self, kind: int) -> bool:
        """Whether a mark or word is wanted here as such, not as one of many names."""
        return kind in self.accepted and tables.NAME not in self.accepted

    def mistake(
        self,
        message: str,
        token: int,
        hint: str | None = None,
        *,
        last: int | None = None,
        notes: tuple[Label, ...] = (),
    ) -> Mistake:
        """Place a phrase at a token, or from it to the `last` one."""
        span = self.span(token)
        if last is not None:
            span = span._replace(end=self.layout.spans[last][1])
        return Mistake(Code.E0, message, span, notes=notes, hint=hint)
