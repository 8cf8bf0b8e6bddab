"""What stands between two tokens and must not get lost: comments and blank lines.

In: the text between two tokens that stay. Out: a `Gap`.
"""

import re
from typing import NamedTuple

__all__ = ["Comment", "Gap", "read_gap"]

PART = re.compile(r"#[^\n]*+|\n(?:[ \t]*+\n)*+")


class Comment(NamedTuple):
    """`# text`, without white space at its end.

    `own_line` is false where it stands behind a token on that token's line.
    """

    text: str
    own_line: bool
    blank_before: bool


class Gap(NamedTuple):
    """The comments between two tokens, in order.

    `newline`: the tokens stand on different lines; `blank`: an empty line comes
    right before the second one.
    """

    comments: tuple[Comment, ...]
    newline: bool
    blank: bool


SAME_LINE, NEXT_LINE = Gap((), False, False), Gap((), True, False)


def read_gap(text: str) -> Gap:
    """Read the text between two tokens: white space, comments, separators that go."""
    if "#" not in text and text.count("\n") <= 1:
        return NEXT_LINE if "\n" in text else SAME_LINE
    comments: list[Comment] = []
    newline = blank = False
    for part in PART.findall(text):
        if part[0] == "#":
            comments.append(Comment(part.rstrip(" \t"), newline, blank))
            blank = False
        else:
            newline = True
            blank = blank or "\n" in part[1:]
    return Gap(tuple(comments), newline, blank)
