"""What a fetch tells while it goes on, and how it is told to stop.

In: whom to tell, and what says that the command is ending. Out: `Reporter`, whose calls
raise `Interrupted` from then on.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from ...ir.node import Frozen, frozen
from ..files.lock import hold
from ..files.stop import Interrupted, Stop

__all__ = ["Reporter"]


@frozen
class Reporter(Frozen):
    """Who hears of one package's fetches.

    `tell` hears of bytes (done, total), `waiting` who holds a lock.
    """

    tell: Callable[[int, int | None], None]
    waiting: Callable[[str], None]
    stop: Stop

    def holding(self, lock: Path) -> AbstractContextManager[int]:
        """Hold a lock of the cache; raises LockHeld if the command ends while others have it."""
        return hold(lock, waiting=self.waiting, given_up=self.stop.is_set)

    def check(self) -> None:
        """Raise Interrupted if the command is ending."""
        self.stop.check()

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how many bytes are there; raises Interrupted."""
        self.check()
        self.tell(done, total)

    def pause(self, seconds: float) -> None:
        """Wait; raises Interrupted as soon as the command ends."""
        if self.stop.wait(seconds):
            raise Interrupted
