"""What a program wrote for its terminal, for another terminal.

In: text with colours, cursor movements and line ends of all kinds. Out: lines without.
"""

import re

from .console import printable

__all__ = ["harmless"]

ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-B]")
"""Colours, cursor movements and titles (ECMA-48: CSI, OSC, and character sets)."""
LINE_END = re.compile(r"\r\n?|\n")


def harmless(text: str) -> str:
    """Return an output as lines that change nothing of a terminal but its text."""
    lines = LINE_END.split(ESCAPES.sub("", text))
    return "\n".join(printable(line) for line in lines)
