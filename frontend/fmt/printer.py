"""Where lines break, and how far they are indented.

In: the tokens that stay, with what is between them. Out: the text of the file in
canonical layout. One pass from left to right, without recursion; what was laid
out once comes out unchanged, because a decision looks only at what the author's
line breaks say, at widths, and at columns of the result.
"""

from enum import Enum
from typing import NamedTuple

from ..syntax import tables
from ..syntax.strings import indented
from .gaps import Comment
from .roles import Role
from .stream import CLOSING, OPENING, Stream

__all__ = ["WIDTH", "lay_out"]

WIDTH = 100
STEP = 2

RAW_STRINGS = (tables.RAW, tables.FRAW)
BRACES = (tables.LBRACE, tables.LSQB)


class Mode(Enum):
    """How the inside of a bracket is laid out."""

    FLAT = "all on one line"
    ROWS = "each item on lines of its own"
    INLINE = "as if the bracket were not there: `(…)`, `List[…]`, and the list of `[{`"


class Frame(NamedTuple):
    """An open bracket: its mode, and the indentation of the items inside."""

    mode: Mode
    indent: int


def lay_out(stream: Stream) -> str:
    """Write a file in canonical layout; it ends with a line end unless it is empty."""
    writer = _Writer(stream)
    for at in range(len(stream.kinds)):
        writer.token(at)
    writer.comments(stream.gaps[-1].comments, 0, after_opening=False)
    return "".join(writer.written) + ("\n" if writer.written else "")


class _Writer:
    """The text written so far, and the brackets open in it."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.written: list[str] = []
        self.column = 0
        self.margin = 0  # the indentation of the line being written
        self.frames = [Frame(Mode.ROWS, 0)]
        self.modes: dict[int, Mode] = {}  # of each bracket, by the token that opens it
        self.hugged = -1  # the bracket that must break because the list around it does not
        self.closing = False  # the line has nothing but closing brackets so far

    # Writing -----------------------------------------------------------------

    def put(self, text: str) -> None:
        if not text:
            return
        self.written.append(text)
        line_end = text.rfind("\n")
        self.column = len(text) - line_end - 1 if line_end >= 0 else self.column + len(text)

    def line(self, indent: int, *, blank: bool) -> None:
        """Begin a line, after an empty one if `blank`."""
        if self.written:
            self.put("\n\n" if blank else "\n")
            self.put(" " * indent)
        self.margin = indent

    def comments(self, comments: tuple[Comment, ...], indent: int, *, after_opening: bool) -> None:
        """Write comments, each behind the line that it trails or on its own."""
        for comment in comments:
            if comment.own_line:
                self.line(indent, blank=comment.blank_before and not after_opening)
                after_opening = False
                self.put(comment.text)
            else:
                self.put(f"  {comment.text}")

    def token(self, at: int) -> None:
        """Write a token and what stands before it."""
        stream, kind = self.stream, self.stream.kinds[at]
        text = stream.texts[at]
        began = self.lead(at)
        if kind in RAW_STRINGS and "\n" in text:
            text = indented(text, self.margin + STEP)
        self.put(text)
        if kind in OPENING:
            self.frames.append(self.open(at))
            self.modes[at] = self.frames[-1].mode
        elif kind in CLOSING:
            self.frames.pop()
        self.closing = kind in CLOSING and (began or self.closing)

    def lead(self, at: int) -> bool:
        """Write what stands before a token; return whether it begins a line."""
        stream, (mode, indent) = self.stream, self.frames[-1]
        gap, glue = stream.gaps[at], stream.glues[at]
        if mode is Mode.FLAT or not (gap.comments or self.breaks(at)):
            self.put(glue)
            return False
        self.put(glue.rstrip())
        closes = stream.kinds[at] in CLOSING
        item = stream.roles[at] is Role.ITEM
        if mode is not Mode.ROWS or not (item or closes):
            indent += STEP
        after_opening = at == 0 or stream.kinds[at - 1] in OPENING
        self.comments(gap.comments, indent, after_opening=after_opening)
        if after_opening and gap.comments:
            after_opening = not gap.comments[-1].own_line
        outdent = STEP if closes and mode is Mode.ROWS else 0
        self.line(indent - outdent, blank=item and gap.blank and not after_opening)
        return True

    # Deciding ----------------------------------------------------------------

    def breaks(self, at: int) -> bool:
        """Whether a token without comments before it begins a line."""
        if self.stream.kinds[at] in CLOSING or self.stream.roles[at] is Role.ITEM:
            return self.frames[-1].mode is Mode.ROWS
        return self.stays_apart(at) and not self.closing

    def stays_apart(self, at: int) -> bool:
        """Whether the author began a line with a clause."""
        return self.stream.roles[at] is Role.CLAUSE and self.stream.gaps[at].newline

    def open(self, at: int) -> Frame:
        """Decide how the inside of a bracket is laid out."""
        stream, close = self.stream, self.stream.partners[at]
        mode, indent = self.frames[-1]
        empty = close == at + 1 and not stream.gaps[close].comments
        if mode is Mode.FLAT or empty:
            return Frame(Mode.FLAT, indent)
        if stream.kinds[at] == tables.LPAR or stream.roles[at] is Role.TIGHT:
            return Frame(Mode.INLINE, indent)
        forced = stream.roles[at] is Role.BLOCK or at == self.hugged
        fits = self.fits(at)
        if not forced and fits and not stream.spans_lines(at, close):
            return Frame(Mode.FLAT, indent)
        if self.hugs(at, fits=fits):
            self.hugged = at + 1
            return Frame(Mode.INLINE, indent)
        return Frame(Mode.ROWS, self.margin + STEP)

    def hugs(self, at: int, *, fits: bool) -> bool:
        """Whether a list stays close around its only item: `[{`, rows, `}]`."""
        stream, close = self.stream, self.stream.partners[at]
        inner = at + 1
        return (
            stream.kinds[at] == tables.LSQB
            and stream.kinds[inner] in BRACES
            and stream.partners[inner] == close - 1 > inner + 1
            and not stream.gaps[inner].newline
            and not stream.gaps[close].comments
            and (not fits or stream.spans_lines(inner, close - 1))
        )

    def fits(self, at: int) -> bool:
        """Whether a bracket that was just opened fits its line with all it holds."""
        ends, close = self.stream.ends, self.stream.partners[at]
        column = self.column + ends[close] - ends[at]
        return column <= WIDTH and column + self.tail(close, WIDTH - column) <= WIDTH

    def tail(self, close: int, room: int) -> int:
        """The width of what must follow a closing bracket on its line, at most as far as `room`."""
        stream, width = self.stream, 0
        for at in range(close + 1, len(stream.kinds)):
            glue, text = stream.glues[at], stream.texts[at]
            if width > room or self.ends_line(at):
                return width + len(glue.rstrip())
            if stream.kinds[at] in BRACES or "\n" in text:
                return width + len(glue) + len(text.partition("\n")[0])
            width += len(glue) + len(text)
        return width

    def ends_line(self, at: int) -> bool:
        """Whether a token begins a line if the brackets right before it are flat."""
        stream = self.stream
        if stream.gaps[at].comments or self.stays_apart(at):
            return True
        if stream.kinds[at] in CLOSING:
            return self.modes.get(stream.partners[at]) is Mode.ROWS
        return stream.roles[at] is Role.ITEM
