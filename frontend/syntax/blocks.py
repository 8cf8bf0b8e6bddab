"""Cuts the tokens of a file into blocks, so that a mistake stays in its block.

In: tokens and their places. Out: ranges of tokens, one for each `module` and `scenario`,
and within a block the starts of members, and brackets that are open or cannot be right.
"""

from collections.abc import Iterator
from functools import cached_property

from .lexer import STRAY
from .positions import Positions
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

__all__ = ["CLOSER", "HEADER_SIZE", "HEADS", "NAMES", "OPENER", "Layout"]

NAMES = frozenset({NAME, *WORDS.values()} - {TRUE, FALSE})
"""What may be a name: an identifier or any word."""

CLOSER = {LBRACE: RBRACE, LSQB: RSQB, LPAR: RPAR}
OPENER = {closer: opener for opener, closer in CLOSER.items()}
HEADS = (MODULE, SCENARIO)
HEADER_SIZE = 3
"""How many tokens begin a block: `module NAME {`."""

AFTER_NAME = frozenset({EQUAL, COLON, STRAY, STR, INT, LBRACE, LSQB})
"""What follows a name that somebody meant as a member, rightly or not."""

LOOK_AHEAD = 1000
"""How many tokens further the layout is looked at to tell what a '}' closes."""

GOES_ON = frozenset({IF, THEN, ELSE, IN, WHERE, AND, YIELD, STRAY})
"""After these an expression goes on, and on the same line no member begins."""


class Layout(Positions):
    """What the places of a file's tokens and their brackets tell of blocks and members."""

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
        """Yield each '}' that cannot be right, be it that it stands in a list or by the layout.

        The block has more '}' than '{'. While it has more '[' and '(' than ']' and ')' as
        well, a '}' in a list stands for one of those.
        """
        count = self.kinds[begin:end].count
        spare = count(RBRACE) - count(LBRACE)
        lacking = count(LSQB) + count(LPAR) - count(RSQB) - count(RPAR)
        opened: list[int] = []
        for token in range(begin, end):
            if spare <= 0:
                return
            if self.kinds[token] != RBRACE or not self._is_odd(opened, token, end):
                self._bracket(opened, token)
                continue
            is_other = self.kinds[opened[-1]] != LBRACE and lacking > 0
            if is_other:
                opened.pop()
            spare, lacking = spare - 1, lacking - is_other
            yield token, is_other

    def _is_odd(self, opened: list[int], token: int, end: int) -> bool:
        """Whether a '}' stands in a list, or does not stand where its '{' lets one expect it."""
        if not opened or self.kinds[opened[-1]] != LBRACE:
            return bool(opened)
        if self.leads(token):
            return self.column(token) != self.indent(opened[-1])
        if self.line(opened[-1]) == self.line(token):
            return False
        return self._fits(opened, token, end) and not self._fits(opened[:-1], token, end)

    def _fits(self, opened: list[int], token: int, end: int) -> bool:
        """Whether the next '}' that closes one of the open brackets stands below its '{'."""
        opened, size = opened.copy(), len(opened)
        for place in range(token + 1, min(end, token + LOOK_AHEAD)):
            if self.kinds[place] == RBRACE and len(opened) <= size:
                below = bool(opened) and self.column(place) == self.indent(opened[-1])
                return below and self.leads(place)
            self._bracket(opened, place)
        return False

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
        if kind == STR and after in (COLON, EQUAL):
            return self.leads(token)
        if kind not in NAMES or before in (DOT, COLON):
            return False
        if before in GOES_ON and not self.leads(token):
            return False
        if kind == OPTION and after in NAMES:
            return True
        if after == DOT and self.kind(token + 2) in NAMES:
            after = self.kind(token + 3)
        return after == EQUAL or (after in AFTER_NAME and self.leads(token))
