"""Units do what a plan says, and whoever does not is told of.

In: the service manager and the actions of a plan. Out: the troubles of the first job
that failed, empty where every unit is as it should. Each job of each unit is told.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace

from ...ir.manifest import Manifest, ManifestUnit
from ...ir.names import UnitName
from ...ir.plan import UnitAction
from ..deploy.target.steps import Step, Tell, beginning
from ..deploy.target.transport import Run
from .activation import Trouble
from .facts import UnitState
from .manager import Job, ServiceManager
from .plan import named

__all__ = [
    "JOBS",
    "act",
    "follow",
    "forgive",
    "idle",
    "read_units",
    "running",
    "serving",
    "to_run_again",
    "troubles",
]

LAST_LINES = 10
MOST_WITH_LINES = 20
"""Units whose last lines are asked for: where thousands fail, nobody reads all of them."""
JOBS: tuple[Job, ...] = ("restart", "reload", "start")


def follow(
    manager: ServiceManager, plan: Sequence[UnitAction], of: Manifest, tell: Tell
) -> tuple[Trouble, ...]:
    """Read unit files anew, then do the jobs of a plan for a generation, but its stops."""
    read = read_units(manager, of.generation, tell)
    if read.code != 0:
        return (Trouble(None, "unit files were not read", tuple(read.output.splitlines())),)
    resting = idle(manager, plan)
    forgive(manager, [unit for unit in named(plan, "stop", *JOBS) if unit not in resting])
    for job in JOBS:
        units = [unit for unit in named(plan, job) if unit not in resting]
        found = _do(manager, job, units, of, tell) if units else ()
        if found:
            return found
    return ()


def serving(manager: ServiceManager, live: Manifest | None) -> frozenset[UnitName]:
    """Return the services behind sockets that run, or would: whose socket has failed.

    systemd closes the socket of a service that it gives up; from then on nothing starts it.
    """
    sockets = {
        unit.name: [name for name in unit.triggers if name.endswith(".socket")]
        for unit in (live.units if live else ())
        if unit.triggers
    }
    behind = {name: found for name, found in sockets.items() if found}
    states = manager.states([*behind, *(one for found in behind.values() for one in found)])
    return frozenset(
        name
        for name, found in behind.items()
        if states[name].runs or any(states[one].active == "failed" for one in found)
    )


def to_run_again(
    manager: ServiceManager, plan: Sequence[UnitAction], more: Collection[UnitName]
) -> tuple[UnitAction, ...]:
    """Return a plan in which what runs now, and `more`, is to run again.

    It is then also if a stop takes it along.
    """
    now = running(manager, [entry.unit for entry in plan if entry.if_running])
    again = frozenset(now).union(more)
    return tuple(
        replace(entry, if_running=False) if entry.unit in again else entry for entry in plan
    )


def idle(manager: ServiceManager, plan: Sequence[UnitAction]) -> set[UnitName]:
    """Return the units that something else starts and that do not run: nothing is done to them."""
    units = [entry.unit for entry in plan if entry.if_running]
    return set(units).difference(running(manager, units))


def read_units(manager: ServiceManager, after: int | None, tell: Tell) -> Run:
    """Have all unit files read anew, and tell it."""
    with beginning(tell, Step("read-units", "begun", after)):
        read = manager.read_units()
    tell(Step("read-units", "failed" if read.code else "done", after))
    return read


def act(
    manager: ServiceManager,
    job: Job,
    units: Sequence[UnitName],
    of: int | None,
    tell: Tell,
    known: Mapping[UnitName, ManifestUnit] = {},
) -> tuple[Run, list[UnitName]]:
    """Do a job on units as generation `of` describes them, and tell of each how it went.

    Returns how the job ended, and the units that did not come to what they should. That one
    of those `known` to have `health` failed and is started anew counts for nothing: whoever
    asks it gives it time.
    """
    with beginning(tell, *(Step(job, "begun", of, unit) for unit in units)):
        done = manager.act(job, units)
        states = manager.states(units)
    late = {
        unit
        for unit in units
        if unit in known and known[unit].health and states[unit].is_started_anew
    }
    wrong = _wrong(job, done.code, {unit: states[unit] for unit in units if unit not in late})
    if late:  # it ended with 1 for those, perhaps for no other
        wrong = [unit for unit in wrong if not _is_done(states[unit], late, known[unit].requires)]
        done = done if wrong else Run(0, done.output)
    failed = frozenset(wrong)
    for unit, state in states.items():
        tell(Step(job, "failed" if unit in failed else "done", of, unit, str(state)))
    return done, wrong


def _wrong(job: Job, code: int, states: Mapping[UnitName, UnitState]) -> list[UnitName]:
    if job == "stop":
        return [unit for unit, state in states.items() if state.runs]
    broken = [unit for unit, state in states.items() if state.broken]
    if broken or code == 0:
        return broken
    return [unit for unit, state in states.items() if not state.runs]


def _is_done(state: UnitState, late: Set[UnitName], requires: Sequence[UnitName]) -> bool:
    """Whether a unit ended well that ends by itself, and was not kept from its start."""
    return not state.stays and not state.broken and late.isdisjoint(requires)


def _do(
    manager: ServiceManager, job: Job, units: Sequence[UnitName], of: Manifest, tell: Tell
) -> tuple[Trouble, ...]:
    known = {unit.name: unit for unit in of.units}
    done, wrong = act(manager, job, units, of.generation, tell, known)
    if done.code != 0 and not wrong:
        return (Trouble(None, f"{job} was refused", tuple(done.output.splitlines())),)
    return troubles(manager, wrong)


def forgive(manager: ServiceManager, units: Sequence[UnitName]) -> None:
    """Let the manager forget that some units failed, if there are any."""
    if units:
        manager.forgive(units)


def troubles(manager: ServiceManager, units: Sequence[UnitName]) -> tuple[Trouble, ...]:
    """Say in which state some units are, the first of them with their last lines."""
    states = manager.states(units)
    lines = manager.last_lines(units[:MOST_WITH_LINES], LAST_LINES)
    return tuple(Trouble(unit, str(states[unit]), tuple(lines.get(unit, ()))) for unit in units)


def running(manager: ServiceManager, units: Sequence[UnitName]) -> list[UnitName]:
    """Return those of some units that have processes."""
    states = manager.states(units)
    return [unit for unit in units if states[unit].runs]
