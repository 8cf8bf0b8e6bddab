"""Texts of a program as words of a shell.

In: symbolic text. Out: symbolic shell text in which it is exactly one word. Store paths
need no quotes: a store root holds no character that a shell knows.
"""

import re
import shlex
from collections.abc import Callable, Iterator

from ..ir.text import Part, Text, join

__all__ = ["EXPANDED", "line", "quoted", "wildcards"]

OPTIONAL = ("ACLOCAL_PATH", "CMAKE_PREFIX_PATH", "CPPFLAGS", "LDFLAGS", "PKG_CONFIG_PATH")
"""Variables that a build has if its dependencies have something to put there."""

EXPANDED = (*OPTIONAL, "OUTPUT", "PATH", "PUNIX_BUILD_CORES", "SOURCE", "TMPDIR", "VENDOR")
"""Variables of a build that stand for their value in a word; any other `$` is itself."""

VARIABLE = r"(\$(?:{names})(?![A-Za-z0-9_])|\$\{{(?:{names})\}})".format(names="|".join(EXPANDED))
WILDCARD = r"(\*+|\?|\[[!^]?[A-Za-z0-9_.-]+\])"


def quoted(text: Text) -> Text:
    """Quote a text, so that a shell reads one word with `EXPANDED` variables replaced."""
    return join(_quoted(text, VARIABLE, _value_of)) or ("''",)


def wildcards(text: Text) -> Text:
    """Quote a text, but for the wildcards `*`, `?` and `[…]`."""
    return join(_quoted(text, WILDCARD, str)) or ("''",)


def _value_of(variable: str) -> str:
    """Return shell text for `$NAME` or `${NAME}`: one word, empty for an optional one not set."""
    name = variable.strip("${}")
    return f'"${{{name}-}}"' if name in OPTIONAL else f'"{variable}"'


def _quoted(text: Text, kept: str, form: Callable[[str], str]) -> Iterator[Part]:
    for part in text:
        if not isinstance(part, str):
            yield part
            continue
        for at, piece in enumerate(re.split(kept, part)):
            if at % 2:
                yield form(piece)
            elif piece:
                yield shlex.quote(piece)


def line(*pieces: str | Text | list[Text]) -> Text:
    """Join shell text into one line: strings and texts as they are, lists word by word."""
    found: list[Part] = []
    for piece in pieces:
        texts = (
            [(piece,)] if isinstance(piece, str) else [piece] if isinstance(piece, tuple) else piece
        )
        for text in texts:
            found += [" ", *text] if found else text
    return join(found)
