"""Health gates: a unit that was acted on is asked until it is well, and then must stay so.

In: who acts on units, what a plan has done, and the manifest that says how each is asked.
Out: the troubles of what does not pass, empty where all does.

    within     its check may fail, and its manager may start it anew, as long as one
               answer is good before the time is over
    settle     from that answer on no check may fail, and the process stays the same

Units are asked side by side. The first that does not pass ends it for all: what is not well
should not be live. A unit that has no check is not waited for; it is looked at once more when
the others have passed.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import TypeAlias

from ...ir.health import Health
from ...ir.manifest import Manifest
from ...ir.names import UnitName
from ...ir.plan import UnitAction
from ..deploy.target.steps import Step, Tell
from ..files.stop import Stop
from .activation import Activation, Clock, Trouble
from .facts import UnitState
from .jobs import JOBS, idle, troubles
from .manager import ServiceManager
from .plan import named
from .probes import Ask, question

__all__ = ["Gate", "ask_units"]

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds between two questions; each pause is twice the one before."""
SHORTEST = 1.0
"""Seconds that an answer may take at least, also to a question shortly before the end."""
AT_ONCE = 64
"""How many units are asked at a time: more of them would wait for each other's programs, and
be late for that reason alone. The time of a unit begins when it is its turn."""


@dataclass(frozen=True)
class Gate:
    """A unit, how it is asked, how its state is seen, and the clock that it is given."""

    unit: UnitName
    health: Health
    ask: Ask
    state: Callable[[], UnitState]
    clock: Clock

    def passes(self, stop: Stop) -> str | None:
        """Return None once the unit is well and has stayed so; else what went wrong.

        With `stop` nobody waits for that any more.
        """
        return self._until_well(stop) or self._while_it_settles(stop)

    def _until_well(self, stop: Stop) -> str | None:
        end, pause = self.clock.now() + self.health.within, FIRST_PAUSE
        while True:
            answer = self.ask(max(end - self.clock.now(), SHORTEST))
            if answer is None or self.state().active == "failed":
                return answer
            left = end - self.clock.now()
            if left <= 0 or self.clock.wait(min(pause, left), stop):
                return f"{answer}; it had {self.health.within} s"
            pause = min(2 * pause, LONGEST_PAUSE)

    def _while_it_settles(self, stop: Stop) -> str | None:
        end = self.clock.now() + self.health.settle
        first = state = self.state()
        while True:
            if state.broken or not state.runs:
                return "was well, but its unit runs no more"
            if (state.pid, state.restarts) != (first.pid, first.restarts):
                return "was well, but its main process ended"
            left = end - self.clock.now()
            if left <= 0 or self.clock.wait(min(LONGEST_PAUSE, left), stop):
                return None
            answer = self.ask(self.health.within)
            if answer is not None:
                return f"was well, and then: {answer}"
            state = self.state()


def ask_units(
    activation: Activation, plan: Sequence[UnitAction], of: Manifest, tell: Tell
) -> tuple[Trouble, ...]:
    """Ask the units that a plan for generation `of` has acted on. Raises OSError."""
    manager = activation.manager
    resting = idle(manager, plan)
    acted = [unit for unit in named(plan, *JOBS) if unit not in resting]
    reached = frozenset(acted)
    gates = [
        _gate(activation, unit.name, unit.health, of.store_root)
        for unit in of.units
        if unit.health is not None and unit.name in reached
    ]
    failed = _first_to_fail(gates, of.generation, tell)
    if failed is not None:
        gate, answer = failed
        said = f"{gate.health.check.shown(of.store_root)}: {answer}"
        (found,) = troubles(manager, [gate.unit])
        return (replace(found, health=said),)
    asked = {gate.unit for gate in gates}
    return _crashed(manager, [unit for unit in acted if unit not in asked]) if asked else ()


def _gate(activation: Activation, unit: UnitName, health: Health, store_root: str) -> Gate:
    manager = activation.manager
    ask = question(manager, unit, health.check, store_root)
    return Gate(unit, health, ask, lambda: manager.states([unit])[unit], activation.clock)


def _crashed(manager: ServiceManager, units: Sequence[UnitName]) -> tuple[Trouble, ...]:
    states = manager.states(units)
    return troubles(manager, [unit for unit in units if states[unit].broken])


_Answers: TypeAlias = SimpleQueue[tuple[Gate, str | BaseException | None]]


def _first_to_fail(gates: Sequence[Gate], of: int, tell: Tell) -> tuple[Gate, str] | None:
    """Wait until all gates are passed, or one is not; returns that one and why."""
    stop, answers, turns = Stop(), _Answers(), iter(gates)
    waiting = {gate.unit: gate for gate in gates}
    for gate in gates:
        tell(Step("health", "begun", of, gate.unit))
    for _ in gates[:AT_ONCE]:
        # as a daemon: what still waits for an answer must not keep the command from its end
        threading.Thread(target=_pass, args=(turns, stop, answers), daemon=True).start()
    try:
        while waiting:
            gate, answer = answers.get()
            if isinstance(answer, BaseException):
                raise answer
            del waiting[gate.unit]
            tell(Step("health", "failed" if answer else "done", of, gate.unit, answer or ""))
            if answer:
                return gate, answer
        return None
    finally:
        stop.set()
        for unit in waiting:
            tell(Step("health", "failed", of, unit, "not asked to the end"))


def _pass(turns: Iterator[Gate], stop: Stop, answers: _Answers) -> None:
    """Let one gate after the other answer; a list's iterator gives each to one thread alone."""
    for gate in turns:
        if stop.is_set():
            return
        try:
            answers.put((gate, gate.passes(stop)))
        except BaseException as problem:  # noqa: BLE001  # whoever waits raises it
            answers.put((gate, problem))
