"""Where the tokens of a file stand: their lines and columns, and strings that a line ends.

In: the table of lines, tokens. Out: `Positions`.
"""

from bisect import bisect_left, bisect_right

from ...ir.span import Source
from .lexer import NEWLINE_STRING, Tokens

__all__ = ["Positions"]


class Positions:
    """Where the tokens of a file stand."""

    def __init__(self, source: Source, tokens: Tokens) -> None:
        self.lines, self.kinds, self.spans = source.lines, tokens.kinds, tokens.spans
        self.open_strings = [
            token for token, kind in enumerate(tokens.kinds) if kind == NEWLINE_STRING
        ]

    def kind(self, token: int) -> int:
        """The kind of a token, 0 past the last."""
        return self.kinds[token] if token < len(self.kinds) else 0

    def line(self, token: int) -> int:
        """The offset at which the line of a token begins."""
        return self.lines[bisect_right(self.lines, self.spans[token][0]) - 1]

    def column(self, token: int) -> int:
        """The column of a token, from 0."""
        return self.spans[token][0] - self.line(token)

    def leads(self, token: int) -> bool:
        """Whether a token is the first of its line."""
        return token == 0 or self.spans[token - 1][1] <= self.line(token)

    def indent(self, token: int) -> int:
        """The column of the first token on the line of a token."""
        return self.column(bisect_left(self.spans, (self.line(token), 0)))

    def open_string(self, token: int) -> int | None:
        """The string that the line of a token ends, if it stands at the token or after it."""
        number = bisect_left(self.open_strings, token)
        if number == len(self.open_strings):
            return None
        found = self.open_strings[number]
        return found if self.line(found) == self.line(token) else None

    def open_string_below(self, token: int) -> int | None:
        """The string that the line below that of a token ends, if there is one."""
        number = bisect_left(self.lines, self.spans[token][1])
        first = bisect_left(self.spans, (self.lines[number], 0)) if number < len(self.lines) else 0
        return self.open_string(first) if 0 < first < len(self.spans) else None

    def after_comment(self, text: str, token: int) -> int:
        """The first token behind what begins at a token and is a comment in other languages."""
        start = self.spans[token][0]
        mark = "*/" if text.startswith("/*", start) else "\n"
        found = text.find(mark, start)
        return bisect_left(self.spans, (found + len(mark) if found >= 0 else len(text), 0))
