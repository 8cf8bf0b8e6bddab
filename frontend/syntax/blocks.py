"""Cuts the tokens of a file into blocks, so that a mistake stays in its block.

In: tokens. Out: ranges of tokens, one for each `module` and `scenario`, and places
within a block: lines, member starts, brackets that are open.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from ...ir.span import Source
from .lexer import NEWLINE_STRING, STRAY, Tokens
from .tables import (
    AND,
    COLON,
    DOT,
    ELSE,
    EQUAL,
    FALSE,
    IF,
    IN,
    INT,
    LBRACE,
    LPAR,
    LSQB,
    MODULE,
    NAME,
    OPTION,
    RBRACE,
    RPAR,
    RSQB,
    SCENARIO,
    STR,
    THEN,
    TRUE,
    WHERE,
    WORDS,
    YIELD,
)

__all__ = ["CLOSER", "NAMES", "OPENER", "Layout"]

NAMES = frozenset({NAME, *WORDS.values()} - {TRUE, FALSE})
"""What may be a name: an identifier or any word."""

CLOSER = {LBRACE: RBRACE, LSQB: RSQB, LPAR: RPAR}
OPENER = {closer: opener for opener, closer in CLOSER.items()}
HEADS = (MODULE, SCENARIO)
AFTER_NAME = frozenset({EQUAL, COLON, STRAY, STR, INT, LBRACE, LSQB})
"""What follows a name that somebody meant as a member, rightly or not."""

GOES_ON = frozenset({IF, THEN, ELSE, IN, WHERE, AND, YIELD, STRAY})
"""After these an expression goes on, and on the same line no member begins."""


class Layout:
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

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the range of each block; what stands before the first is one too.

        A block begins at `module` or `scenario` outside all brackets, and at a line
        that begins `module NAME {` or `scenario NAME {` even inside.
        """
        begin = depth = 0
        for token, kind in enumerate(self.kinds):
            if kind in CLOSER:
                depth += 1
            elif kind in OPENER:
                depth = max(0, depth - 1)
            elif kind in HEADS and (depth == 0 or self._header(token)):
                if self._names(token, begin):
                    continue
                if begin < token:
                    yield begin, token
                begin, depth = token, 0
        if begin < len(self.kinds):
            yield begin, len(self.kinds)

    def nested(self, begin: int, end: int) -> bool:
        """Whether the block that begins at `end` looks like a part of the one before."""
        return self.kind(end) in HEADS and self.column(end) > self.column(begin)

    def _names(self, token: int, head: int) -> bool:
        """Whether a token is the name behind `head`, as in `module scenario {`."""
        return head == token - 1 and self.kinds[head] in HEADS and self.kind(token + 1) == LBRACE

    def _header(self, token: int) -> bool:
        named = self.kind(token + 1) in NAMES and self.kind(token + 2) == LBRACE
        return named and self.leads(token)

    def open_brackets(self, begin: int, end: int) -> list[int]:
        """The brackets in a range of tokens that nothing in it closes."""
        opened: list[int] = []
        for token in range(begin, end):
            self.bracket(opened, token)
        return opened

    @cached_property
    def mistyped(self) -> frozenset[int]:
        """Each '}' that somebody wrote for ']' or ')'."""
        return frozenset(token for token, is_other in self._spare if is_other)

    @cached_property
    def extra(self) -> frozenset[int]:
        """Each '}' that is one too many, or whose '{' is missing."""
        return frozenset(token for token, is_other in self._spare if not is_other)

    @cached_property
    def _spare(self) -> list[tuple[int, bool]]:
        return [found for begin, end in self.blocks() for found in self._spare_in(begin, end)]

    def _spare_in(self, begin: int, end: int) -> Iterator[tuple[int, bool]]:
        """Yield each '}' in a list, or at the end of a line in a module, that cannot be right.

        The block has more '}' than '{'. While it has more '[' and '(' than ']' and ')' as
        well, such a '}' stands for one of those.
        """
        count = self.kinds[begin:end].count
        spare = count(RBRACE) - count(LBRACE)
        lacking = count(LSQB) + count(LPAR) - count(RSQB) - count(RPAR)
        opened: list[int] = []
        for token in range(begin, end):
            if spare <= 0:
                return
            if self.kinds[token] != RBRACE or not self._is_odd(opened, token):
                self._bracket(opened, token)
                continue
            is_other = len(opened) > 1 and lacking > 0
            if is_other:
                opened.pop()
            spare, lacking = spare - 1, lacking - is_other
            yield token, is_other

    def _is_odd(self, opened: list[int], token: int) -> bool:
        """Whether a '}' stands in a list, or ends a block that does not stand on its line."""
        if len(opened) == 1:
            return not self.leads(token) and self.line(opened[0]) != self.line(token)
        return bool(opened) and self.kinds[opened[-1]] != LBRACE

    @cached_property
    def closers(self) -> list[int]:
        """For each token the '}', ']' or ')' that ends what it stands in, -1 if nothing does."""
        found, after = [-1] * len(self.kinds), [-1]
        for token in range(len(self.kinds) - 1, -1, -1):
            found[token] = after[-1]
            if self.kinds[token] in OPENER:
                after.append(token)
            elif self.kinds[token] in CLOSER and len(after) > 1:
                after.pop()
        return found

    def bracket(self, opened: list[int], token: int) -> bool:
        """Keep count of open brackets; false for a '}' that closes none of them.

        A '}' closes the last '{' and what was left open in it; other closers that
        do not fit are passed over.
        """
        if token in self.mistyped and opened:
            opened.pop()
            return True
        return token in self.extra or self._bracket(opened, token)

    def _bracket(self, opened: list[int], token: int) -> bool:
        kind = self.kinds[token]
        if kind in CLOSER:
            opened.append(token)
        elif kind == RBRACE:
            while opened:
                if self.kinds[opened.pop()] == LBRACE:
                    return True
            return False
        elif kind in OPENER and opened and self.kinds[opened[-1]] == OPENER[kind]:
            opened.pop()
        return True

    def next_member(self, member: int, stopped: int, end: int) -> int | None:
        """Find where reading can go on after a mistake at `stopped` in a member.

        That is a token that begins a member, outside the brackets that the broken
        one opened or not further right than it, or the '}' of the block.
        """
        opened = self.open_brackets(member, stopped)
        odd = stopped + 1 if self.kind(stopped) in NAMES else end  # `1 or x = 2`: no member x
        for token in range(stopped, end):
            if token > member and self.begins_member(token) and (token != odd or self.leads(odd)):
                if not opened and (self.leads(token) or not self.leads(member)):
                    return token
                if self.leads(token) and self.column(token) <= self.indent(member):
                    return token
            if not self.bracket(opened, token):
                return token
        return None

    def begins_member(self, token: int) -> bool:
        """Whether a token looks like the beginning of a member, rightly written or not."""
        kind, after = self.kinds[token], self.kind(token + 1)
        before = self.kind(token - 1)
        if kind not in NAMES or before in (DOT, COLON):
            return False
        if before in GOES_ON and not self.leads(token):
            return False
        if kind == OPTION and after in NAMES:
            return True
        if after == DOT and self.kind(token + 2) in NAMES:
            after = self.kind(token + 3)
        return after == EQUAL or (after in AFTER_NAME and self.leads(token))
