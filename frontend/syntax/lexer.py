"""Bytes to text, and text to tokens.

In: the bytes of a file. Out: text with LF line ends; the tokens in it as two
lists, what each is (a terminal of `tables`, or a negative number for what is no
token of the language) and where it stands. Nothing is decoded yet.
"""

import re
from typing import NamedTuple

from .tables import FRAW, FSTR, INT, MARKS, NAME, PATTERNS, RAW, STR, WORDS

__all__ = ["NEWLINE_STRING", "OPEN_RAW", "STRAY", "Tokens", "decode", "tokenize"]

OPEN_RAW, NEWLINE_STRING, STRAY = -1, -2, -3
"""An opening \"\"\" that nothing closes, a string that its line ends, a stray character."""

HEADER = re.compile(
    r"^[ \t]*+(?:module|scenario)[ \t]++[A-Za-z_][A-Za-z0-9_-]*+[ \t]*+\{", re.MULTILINE
)

GROUPS = (
    (FRAW, PATTERNS[FRAW]),
    (RAW, PATTERNS[RAW]),
    (OPEN_RAW, r'f?"""'),
    (FSTR, PATTERNS[FSTR]),
    (STR, PATTERNS[STR]),
    (NEWLINE_STRING, r'f?"(?:[^"\\\n]++|\\[^\n])*+\\?'),
    (NAME, r"[A-Za-z_][A-Za-z0-9_-]*+"),
    (STRAY, r"==|=>|:=|\+=|\?=|\|\||'[^'\n]*+'"),
    (0, r"[{}()\[\]=.:,;|]"),
    (INT, PATTERNS[INT]),
    (STRAY, r"//|/\*|&&|!=|->|<<|<=|>=|\+\+|---?|[^ \t\n]"),
)
WORD, MARK = 7, 9
KINDS = (0, *(kind for kind, _ in GROUPS))
TOKEN = re.compile(
    r"[ \t\n]*+(?:#[^\n]*+[ \t\n]*+)*+(?:" + "|".join(f"({text})" for _, text in GROUPS) + r"|\Z)"
)


class Tokens(NamedTuple):
    """The kinds of the tokens and, in a second list, their half-open ranges of offsets."""

    kinds: list[int]
    spans: list[tuple[int, int]]


def decode(data: bytes) -> tuple[str, int | None]:
    """Turn bytes into text: no BOM, LF line ends.

    The second result is the offset of the first byte that is not UTF-8, or None;
    such bytes become U+FFFD.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return _line_ends(data.decode("utf-8")), None
    except UnicodeDecodeError as error:
        before = _line_ends(data[: error.start].decode("utf-8"))
        return _line_ends(data.decode("utf-8", "replace")), len(before)


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def tokenize(text: str) -> Tokens:
    """Split a text into tokens; every character is space, comment or part of one.

    After an opening \"\"\" that nothing closes, reading goes on at the next line
    that begins a module or scenario.
    """
    kinds: list[int] = []
    spans: list[tuple[int, int]] = []
    start: int | None = 0
    while start is not None:
        start = _tokenize_from(text, start, kinds, spans)
    return Tokens(kinds, spans)


def _tokenize_from(
    text: str, start: int, kinds: list[int], spans: list[tuple[int, int]]
) -> int | None:
    add_kind, add_span, words = kinds.append, spans.append, WORDS
    for match in TOKEN.finditer(text, start):
        group = match.lastindex
        if group is None:
            return None
        span = match.span(group)
        add_span(span)
        if group == WORD:
            add_kind(words.get(match[WORD], NAME))
        elif group == MARK:
            add_kind(MARKS[match[MARK]])
        else:
            add_kind(KINDS[group])
            if KINDS[group] == OPEN_RAW:
                header = HEADER.search(text, span[1])
                return header.start() if header else None
    return None
