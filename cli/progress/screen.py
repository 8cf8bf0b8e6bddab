"""A picture at the foot of a terminal that is drawn anew, with lines above it that stay.

In: a function that draws. Out: lines and the picture on stderr, until it is taken off.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..console import notice

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.text import Text

__all__ = ["Screen", "clock", "row"]

FRAMES_PER_SECOND = 8


class Screen:
    """Drawn from `begin` on: who has nothing to show does not wait for a library."""

    def __init__(self, draw: "Callable[[Console], RenderableType]") -> None:
        self._draw = draw
        self._live: Live | None = None

    def begin(self) -> None:
        """Put the picture on the terminal, unless it is there."""
        if self._live is not None:
            return
        from rich.console import Console  # 0.1 s, paid by who has something to show
        from rich.live import Live

        console = Console(stderr=True, highlight=False)
        self._live = Live(
            console=console,
            get_renderable=lambda: self._draw(console),
            refresh_per_second=FRAMES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        console.show_cursor(True)  # killed, we could not give it back

    def write(self, text: str) -> None:
        """Write a line that stays."""
        if self._live is None:
            notice(text)
            return
        from rich.text import Text

        self._live.console.print(Text(text), soft_wrap=True)

    def stop(self) -> None:
        """Take the picture off the terminal."""
        if self._live is not None:
            self._live.stop()


def row(text: str, style: str = "") -> "Text":
    """Make a line that is cut where the terminal ends."""
    from rich.text import Text

    made = Text(no_wrap=True, overflow="ellipsis")
    return made.append(text, style)


def clock(seconds: float) -> str:
    """Write a duration: 31.2 s, 2:05, 1:02:05."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
