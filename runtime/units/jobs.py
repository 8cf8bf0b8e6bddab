"""Units do what a plan says, and whoever does not is told of.

In: the service manager and the actions of a plan. Out: the troubles of the first job
that failed, empty where every unit is as it should.
"""

from collections.abc import Sequence

from ...ir.names import UnitName
from ...ir.plan import UnitAction
from .activation import Trouble
from .manager import Job, ServiceManager
from .plan import named

__all__ = ["follow", "forgive", "running", "trouble"]

LAST_LINES = 10
JOBS: tuple[Job, ...] = ("restart", "reload", "start")


def follow(manager: ServiceManager, plan: Sequence[UnitAction]) -> tuple[Trouble, ...]:
    """Read unit files anew, then do the jobs of a plan, all but its stops."""
    read = manager.read_units()
    if read.code != 0:
        return (Trouble(None, "unit files were not read", tuple(read.output.splitlines())),)
    forgive(manager, named(plan, "stop", *JOBS))
    for job in JOBS:
        units = named(plan, job)
        troubles = _do(manager, job, units) if units else ()
        if troubles:
            return troubles
    return ()


def _do(manager: ServiceManager, job: Job, units: Sequence[UnitName]) -> tuple[Trouble, ...]:
    done = manager.act(job, units)
    states = manager.states(units)
    wrong = [unit for unit in units if states[unit].broken]
    if done.code != 0 and not wrong:
        wrong = [unit for unit in units if not states[unit].runs]
    if done.code != 0 and not wrong:
        return (Trouble(None, f"{job} was refused", tuple(done.output.splitlines())),)
    return tuple(trouble(manager, unit) for unit in wrong)


def forgive(manager: ServiceManager, units: Sequence[UnitName]) -> None:
    """Let the manager forget that some units failed, if there are any."""
    if units:
        manager.forgive(units)


def trouble(manager: ServiceManager, unit: UnitName) -> Trouble:
    """Say in which state a unit is, with its last lines."""
    state = manager.states([unit])[unit]
    return Trouble(unit, str(state), tuple(manager.last_lines(unit, LAST_LINES)))


def running(manager: ServiceManager, units: Sequence[UnitName]) -> list[UnitName]:
    """Return those of some units that have processes."""
    states = manager.states(units)
    return [unit for unit in units if states[unit].runs]
