"""What a deploy does to units, as lines: what ended, how, and how long it took.

In: steps. Out: `Units`, what is under way, a fold over them that draws nothing; and a line
for each step that a person wants to read later.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...ir.node import Frozen, frozen
from ...runtime.deploy.target.layout import generation_name
from ...runtime.deploy.target.steps import Kind, Step, Tell
from ..console import notice, printable

__all__ = ["PAST", "Units", "View", "plain_units"]


@frozen
class View(Frozen):
    """Whom a command tells of its steps, and of what a person has to know besides."""

    tell: Tell
    notice: Callable[[str], None]


PAST: Mapping[Kind, str] = {
    "stop": "stopped",
    "start": "started",
    "restart": "restarted",
    "reload": "reloaded",
    "health": "checked",
}
"""The steps that are about one unit, which may take as long as the unit likes."""

PHASES: Mapping[Kind, str] = {
    "accounts": "making accounts",
    "stage": "writing files",
    "reconcile": "making links",
    "folders": "making folders",
    "read-units": "reading unit files",
    "back": "going back",
    "trim": "removing old generations",
}
"""What else may be under way from the first job of a unit on."""


@dataclass(slots=True, eq=False, repr=False)
class Units:
    """What is under way: a phase of the command, and jobs of units since when, by unit."""

    phase: str = ""
    generation: int | None = None
    running: dict[str, tuple[Kind, float]] = field(default_factory=dict)

    def see(self, step: Step, now: float) -> str | None:
        """Take in what happened `now`; return the line that stays of it, if there is one."""
        if step.unit:
            return self._see_unit(step, now)
        self.phase = PHASES.get(step.kind, self.phase) if step.state == "begun" else ""
        if step.kind == "commit":
            self.generation = step.generation
        if step.kind == "back" and step.state == "begun":
            return f"going back to {_name(step.generation)}"
        return None

    def _see_unit(self, step: Step, now: float) -> str | None:
        if step.state in ("begun", "waiting"):
            self.running.setdefault(step.unit, (step.kind, now))
            return None
        _, began = self.running.pop(step.unit, (step.kind, now))
        if step.state == "failed":
            return f"{step.unit}: {step.kind} failed: {printable(step.message)}"
        return f"{PAST[step.kind]} {step.unit} in {now - began:.1f} s"


def _name(number: int | None) -> str:
    return generation_name(number) if number is not None else "nothing"


@contextmanager
def plain_units() -> Iterator[View]:
    """Give a view that writes a line on stderr for each unit that ended a job."""
    units = Units()

    def tell(step: Step) -> None:
        line = units.see(step, time.monotonic())
        if line is not None:
            notice(line)

    yield View(tell, notice)
