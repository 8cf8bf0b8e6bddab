"""Who asks for something to be done to a stack, and how they are told of it.

In: nothing. Out: `Caller`, a value that the command line makes; a time as a manifest writes it.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from ....ir.names import StoreName
from ....ir.node import Frozen, frozen
from .steps import Tell, silent

__all__ = ["Caller", "rfc3339"]


@frozen
class Caller(Frozen):
    """Who asks, with what, and what the command line has decided.

    `who` is `uid 0` or `uid 0 (root)`; `wait` is in seconds, None for ever;
    `is_valid` says whether the store has a path; `notice` tells a person, `tell` is told
    of every step.
    """

    who: str
    tool: str
    clock: Callable[[], datetime]
    is_valid: Callable[[StoreName], bool]
    notice: Callable[[str], None]
    wait: float | None = None
    tell: Tell = silent

    def store_fault(self, name: StoreName) -> str | None:
        """Say whether a store path is gone, without a look at what it holds."""
        return None if self.is_valid(name) else "is gone or not valid"

    def now(self) -> datetime:
        """Return the time in UTC, in whole seconds."""
        return self.clock().astimezone(UTC).replace(microsecond=0)


def rfc3339(moment: datetime) -> str:
    """Write a time in UTC as a manifest does: `2026-11-23T03:15:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
