"""The tokens that stay, with what layout needs to know of each.

In: the text of a file and its tokens. Out: a `Stream`. Separators are no part of
it: the commas of lists come back as glue, all others are not needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from ..syntax import tables
from ..syntax.lexer import Tokens
from .gaps import Gap, read_gap
from .roles import Role, find_roles

__all__ = ["CLOSING", "OPENING", "Stream", "read_stream"]

OPENING = frozenset((tables.LBRACE, tables.LPAR, tables.LSQB))
CLOSING = frozenset((tables.RBRACE, tables.RPAR, tables.RSQB))
SEPARATORS = frozenset((tables.COMMA, tables.SEMICOLON))


@dataclass(frozen=True, slots=True)
class Stream:
    """The tokens that stay, as lists that run side by side.

    `glues`: what stands before a token if nothing breaks the line there.
    `gaps`: what the author wrote there; one more than tokens, for the end of the file.
    `partners`: for a bracket the number of the other one, for all else -1.
    `ends`: the column behind each token if all were written on one line.
    """

    source: str
    spans: list[tuple[int, int]]
    kinds: list[int]
    roles: list[Role]
    texts: list[str]
    glues: list[str]
    gaps: list[Gap]
    partners: list[int]
    ends: list[int]

    def spans_lines(self, first: int, last: int) -> bool:
        """Whether the author wrote these tokens, and what is between, on several lines."""
        return self.source.find("\n", self.spans[first][0], self.spans[last][1]) >= 0


def read_stream(source: str, tokens: Tokens) -> Stream:
    """Take separators out of the tokens of a valid file, and see to what is between."""
    every_role = find_roles(tokens)
    kept = [at for at, kind in enumerate(tokens.kinds) if kind not in SEPARATORS]
    kinds = [tokens.kinds[at] for at in kept]
    roles = [every_role[at] for at in kept]
    spans = [tokens.spans[at] for at in kept]
    texts = [source[start:end] for start, end in spans]
    partners = _partners(kinds)
    glues = list(_glues(kinds, roles, partners))
    ends = list(accumulate(len(glue) + len(text) for glue, text in zip(glues, texts, strict=True)))
    gaps = list(_gaps(source, spans))
    return Stream(source, spans, kinds, roles, texts, glues, gaps, partners, ends)


def _gaps(source: str, spans: list[tuple[int, int]]) -> Iterator[Gap]:
    before, line_end = 0, "\n"  # as if the file began behind the end of a line
    for start, end in spans:
        yield read_gap(line_end + source[before:start])
        before, line_end = end, ""
    yield read_gap(line_end + source[before:])


def _partners(kinds: list[int]) -> list[int]:
    partners = [-1] * len(kinds)
    opened: list[int] = []
    for at, kind in enumerate(kinds):
        if kind in OPENING:
            opened.append(at)
        elif kind in CLOSING:
            partners[at] = opened.pop()
            partners[partners[at]] = at
    return partners


def _glues(kinds: list[int], roles: list[Role], partners: list[int]) -> Iterator[str]:
    opened: list[int] = []
    before = tables.DOT  # as before a dot, nothing stands before the first token
    for at, kind in enumerate(kinds):
        if roles[at] is Role.ITEM and opened and opened[-1] == tables.LSQB != before:
            yield ", "
        else:
            yield "" if roles[at] is Role.TIGHT or _touch(before, kind) else " "
        if kind in OPENING:
            opened.append(kind)
        elif partners[at] >= 0:
            opened.pop()
        before = kind


def _touch(before: int, kind: int) -> bool:
    """Whether two kinds of tokens stand together without a space."""
    return (
        tables.DOT in (before, kind)
        or before in (tables.LPAR, tables.LSQB)
        or kind in (tables.RPAR, tables.RSQB)
        or (before == tables.LBRACE and kind == tables.RBRACE)
    )
