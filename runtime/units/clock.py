"""Time, for whoever has to wait for a unit.

In: nothing. Out: a `Clock`. A test has another one, on which an hour is over at once.
"""

import time

from ..files.stop import Stop

__all__ = ["Clock"]


class Clock:
    """The clock of this machine, in seconds."""

    def now(self) -> float:
        """Return the time since some fixed moment."""
        return time.monotonic()

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait; returns True as soon as there is nothing more to wait for."""
        return stop.wait(seconds)
