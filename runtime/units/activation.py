"""What an activation is given, and what it says of a failure.

In: nothing. Out: values: who acts on units, what decides, and by which clock; units that are not
as they should, and an activation that failed.
"""

import time
from dataclasses import dataclass, field

from ...ir.names import UnitName
from ...ir.node import Frozen, frozen
from ..files.stop import Stop
from .manager import ServiceManager
from .plan import Decide

__all__ = ["Activation", "Clock", "Failure", "Trouble"]


class Clock:
    """The clock of this machine, in seconds. A test has one on which an hour is over at once."""

    def now(self) -> float:
        """Return the time since some fixed moment."""
        return time.monotonic()

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait; returns True as soon as there is nothing more to wait for."""
        return stop.wait(seconds)


@dataclass(frozen=True)
class Activation:
    """The service manager, the comparison that decides, and whether a failure is taken back.

    `clock` is that of health gates.
    """

    manager: ServiceManager
    decide: Decide
    takes_back: bool = True
    clock: Clock = field(default_factory=Clock)


@frozen
class Trouble(Frozen):
    """A unit that is not as it should, in which state, and its last lines.

    `unit` is None where the manager itself refused; then the lines are what it said.
    `health` is there for a unit that did not pass its gate: what was asked and answered.
    """

    unit: UnitName | None
    state: str
    lines: tuple[str, ...]
    health: str = ""


@frozen
class Failure(Frozen):
    """An activation that failed: of what, why, and what is live now, None for nothing.

    `second` is what went wrong on the way back as well.
    """

    tried: int
    troubles: tuple[Trouble, ...]
    live: int | None
    second: tuple[Trouble, ...] = ()
