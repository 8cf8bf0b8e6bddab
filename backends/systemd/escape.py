"""The grammars of systemd (v252), each with one writer.

In: symbolic text. Out: symbolic text that systemd reads back as exactly those
bytes. Symbolic parts need no escaping: a root holds none of the characters
below. What a grammar cannot carry is `Refused`.

    words        systemd.service(5), "Command lines": Exec lines. Quotes and
                 C escapes, `%` specifiers, `$` variables.
    assignment   systemd.exec(5), Environment=: as words, but `$` is itself.
    value        systemd.syntax(7): the rest of a line. `%` specifiers.
    comment      systemd.syntax(7): the rest of a line, which nobody reads.
    file value   systemd.exec(5), EnvironmentFile=: double quotes, in which a
                 backslash takes the meaning from `"`, `\\`, `` ` `` and `$`.
"""

import re
from collections.abc import Mapping

from ...ir.text import Text, join

__all__ = [
    "Refused",
    "assignment",
    "comment",
    "executable",
    "file_value",
    "line_value",
    "word",
]

LONGEST_STRING = 131_071
"""Bytes of one argument or variable that Linux takes (MAX_ARG_STRLEN, less its NUL)."""

BARE = re.compile(r"[A-Za-z0-9_@./:=,+-]+")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
FILE_SPECIAL = re.compile(r'(["\\`$])')


class Refused(ValueError):
    """A text that a grammar cannot carry; says why, without the text, and what to do."""

    def __init__(self, reason: str, hint: str = "take it out of the text") -> None:
        super().__init__(reason)
        self.hint = hint


def word(text: Text) -> Text:
    """Write one argument of an Exec line."""
    return _word(text, {**ESCAPES, "%": "%%", "$": "$$"})


def assignment(name: str, text: Text) -> Text:
    """Write one `NAME=value` of an Environment= line."""
    _refuse_noncharacters(text)
    return _word((f"{name}=", *text), {**ESCAPES, "%": "%%"})


def executable(text: Text) -> Text:
    """Write the path at the head of an Exec line, and its argv[0] where that is not read alike.

    systemd takes no quote, backslash or control character there, and replaces
    variables in argv[0], but not in the path; `@` lets both be written.
    """
    plain = "".join(part for part in text if isinstance(part, str))
    if re.search(r"[\x00-\x1f\x7f'\"\\]", plain):
        raise Refused("systemd takes no quote, backslash or control character in a program's path")
    path = _word(text, {"%": "%%"})
    return path if "$" not in plain else join(("@", *path, " ", *word(text)))


def line_value(text: Text) -> Text:
    """Write the value of a directive as it is, with `%` doubled.

    A `%` at the end stays: systemd reads it as itself everywhere, and limits
    such as `CPUQuota=20%` know no specifiers.
    """
    plain = "".join(part if isinstance(part, str) else "x" for part in text)
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", plain):
        raise Refused("a directive cannot hold a line break or control character")
    if plain != plain.strip() or plain.endswith("\\"):
        raise Refused("a directive cannot begin or end with a space, or end with a backslash")
    _refuse_noncharacters(text)
    last = len(text) - 1
    return tuple(
        re.sub(r"%(?!\Z)" if at == last else "%", "%%", part) if isinstance(part, str) else part
        for at, part in enumerate(text)
    )


def comment(text: Text) -> Text:
    """Write what stands behind the `#` of a line; line breaks become spaces."""
    plain = " ".join("".join(part for part in text if isinstance(part, str)).split())
    if re.search(r"[\x00-\x1f\x7f]", plain):
        raise Refused("a comment cannot hold a control character")
    if plain.endswith("\\"):
        raise Refused("a comment cannot end with a backslash")
    _refuse_noncharacters((plain,))
    return (plain,)


def file_value(value: str) -> str:
    """Write a value between the double quotes of an EnvironmentFile."""
    _refuse_noncharacters((value,))
    if "\0" in value:
        raise Refused("an environment variable cannot hold a NUL character")
    return FILE_SPECIAL.sub(r"\\\1", value)


def _word(text: Text, escapes: Mapping[str, str]) -> Text:
    size = sum(len(part.encode()) for part in text if isinstance(part, str))
    if size > LONGEST_STRING:
        raise Refused(f"{size} bytes are more than Linux takes in one argument or variable")
    literals = [part for part in text if isinstance(part, str)]
    if text and all(BARE.fullmatch(part) for part in literals):
        return text
    return join(
        ('"', *(_escaped(part, escapes) if isinstance(part, str) else part for part in text), '"')
    )


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    if "\0" in text:
        raise Refused("a NUL character cannot be passed to a program")
    return "".join(
        escapes.get(char) or (char if _is_printable(char) else _bytes(char)) for char in text
    )


def _is_printable(char: str) -> bool:
    """Whether a character stands for itself and can be seen; the rest goes as bytes."""
    return char == " " or (char.isprintable() and not _is_noncharacter(char))


def _bytes(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode())


def _is_noncharacter(char: str) -> bool:
    code = ord(char)
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _refuse_noncharacters(text: Text) -> None:
    """Raise Refused for code points that systemd takes for invalid UTF-8."""
    for part in text:
        for char in part if isinstance(part, str) else "":
            if _is_noncharacter(char):
                raise Refused(f"systemd takes no U+{ord(char):04X} (a noncharacter) here")
