"""What the text of a string token means.

In: the token's text and its offset in the file. Out: the decoded string, or the
parts of an f-string, each hole with its own offset. Each thing that is wrong is handed to
a function as a `Flaw`, which carries its place, and is left out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from .mistake import shorten

__all__ = ["Flaw", "Hole", "Piece", "f_pieces", "f_raw_pieces", "indented", "one_line", "raw"]

SIMPLE = {"\\": "\\", '"': '"', "n": "\n", "t": "\t", "r": "\r"}
ESCAPE = r"\\(?:u(?:\{([0-9A-Fa-f]*+)\})?+|(.))"
NAME = r"(?!(?:true|false)(?![A-Za-z0-9_-]))[A-Za-z_][A-Za-z0-9_-]*+"
HOLE = rf"(\{{)(?:(\{{)|({NAME}(?:\.{NAME})*+)\}})?+"
OPEN_HOLE = re.compile(rf"\{{{NAME}(?:\.{NAME})*+")
F_PIECE = re.compile(HOLE + r"|((?:[^{\\]++|\\u\{[^{}]*+\}|\\.)++)")
F_RAW_PIECE = re.compile(HOLE + r"|([^{]++)")


class Flaw(NamedTuple):
    """What a string may not say, the range of it, and how to mend it."""

    message: str
    start: int
    end: int
    hint: str | None = None


class Hole(NamedTuple):
    """`{Module.member}`: the segments and the offset at which the name begins."""

    segments: tuple[str, ...]
    start: int


Piece: TypeAlias = str | Hole
Report: TypeAlias = Callable[[Flaw], None]


def one_line(body: str, at: int, report: Report) -> str:
    """Decode the escapes of what stands between two quotes, `at` being its offset."""
    if "\\" not in body:
        return body

    def decoded(match: re.Match[str]) -> str:
        found = _escape(match, at)
        if isinstance(found, str):
            return found
        report(found)
        return ""

    return re.sub(ESCAPE, decoded, body)


def _escape(match: re.Match[str], at: int) -> str | Flaw:
    digits, char = match.groups()
    start, end = at + match.start(), at + match.end()
    if char is not None:
        if char in SIMPLE:
            return SIMPLE[char]
        hint = 'escapes are \\\\ \\" \\n \\t \\r \\u{HEX}; \\\\ is a backslash'
        return Flaw(f"unknown escape '{match[0]}'", start, end, hint)
    if not digits:
        return Flaw(r"expected hexadecimal digits after '\u'", start, end, r"write '\u{e9}'")
    code = int(digits, 16) if len(digits) <= 8 else 0x110000
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return Flaw("no such Unicode character", start, end)
    return chr(code)


def raw(body: str) -> str:
    """Strip the common indentation of what stands between two triple quotes."""
    if "\n" not in body and not _blank(body):
        return body[_indent(body) :]
    return "\n".join(line for _, line in _dedented(body, 0))


def indented(token: str, indent: int) -> str:
    """Move the margin of a raw string to a column; what the string says stays.

    A token whose text begins right behind the quotes, or that has no text and nothing
    before its closing quotes, has no margin to move.
    """
    opening, body = token.partition('"""')[0] + '"""', token.partition('"""')[2][:-3]
    if not body.startswith("\n") or _margin(body[1:].split("\n")) is None:
        return token
    margin = " " * indent
    *lines, last = (line for _, line in _dedented(body, 0))
    rows = [margin + line if line else "" for line in lines]
    return "\n".join([opening, *rows, f'{margin}{last}"""'])


def f_pieces(body: str, at: int, report: Report) -> Iterator[Piece]:
    """Split the inside of `f"…"` into decoded text and holes."""
    for piece in _pieces(F_PIECE, body, at, report):
        yield piece if isinstance(piece, Hole) else one_line(piece[0], piece[1], report)


def f_raw_pieces(body: str, at: int, report: Report) -> Iterator[Piece]:
    """Split the inside of a raw f-string, dedented first, into text and holes."""
    between = ""
    for start, line in _dedented(body, at):
        if between:
            yield between
        for piece in _pieces(F_RAW_PIECE, line, start, report):
            yield piece if isinstance(piece, Hole) else piece[0]
        between = "\n"


def _pieces(
    pattern: re.Pattern[str], body: str, at: int, report: Report
) -> Iterator[tuple[str, int] | Hole]:
    for match in pattern.finditer(body):
        _, doubled, name, text = match.groups()
        if text:
            yield text, at + match.start()
        elif doubled:
            yield "{", at
        elif name:
            yield Hole(tuple(name.split(".")), at + match.start(3))
        else:
            report(_bad_hole(body, match.start(), at))


def _bad_hole(body: str, start: int, at: int) -> Flaw:
    close = body.find("}", start)
    if close < 0:
        named = OPEN_HOLE.match(body, start)
        end = named.end() if named else start + 1
        hint = f"write {named[0]}}}, or '{{{{' for a plain '{{'" if named else "'{{' is a plain '{'"
        return Flaw("'{' without '}'", at + start, at + end, hint)
    hint = "a hole holds a name, {name} or {Module.member}; '{{' is a plain '{'"
    trimmed = f"{{{body[start + 1 : close].strip()}}}"
    if re.fullmatch(HOLE, trimmed):
        hint = f"write {trimmed}"
    return Flaw(
        f"no name between the braces of '{shorten(body[start : close + 1])}'",
        at + start,
        at + close + 1,
        hint,
    )


def _dedented(body: str, at: int) -> Iterator[tuple[int, str]]:
    """Yield the lines without common indentation, each with its offset.

    One leading newline goes, and blank lines become empty. Where nothing says what the
    indentation is, lines stay as they are.
    """
    if body.startswith("\n"):
        body, at = body[1:], at + 1
    lines = body.split("\n")
    margin = _margin(lines)
    for line in lines:
        if margin is None:
            yield at, line
        else:
            yield (at, "") if _blank(line) else (at + margin, line[margin:])
        at += len(line) + 1


def _margin(lines: Sequence[str]) -> int | None:
    """The common indentation; None where all lines are blank and the last is empty.

    The white space before the closing quotes counts as indentation if it is all that
    its line holds; other blank lines do not count.
    """
    indents = [_indent(line) for line in lines if not _blank(line)]
    if lines[-1] and _blank(lines[-1]):
        indents.append(len(lines[-1]))
    return min(indents, default=None)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _blank(line: str) -> bool:
    return not line.strip()  # of any white space, as Unicode has it
