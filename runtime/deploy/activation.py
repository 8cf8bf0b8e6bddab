"""Activation: after files have changed, units follow; and if they fail, all goes back.

In: a stack that is held, what decides on units, and the service manager. Out: the
units do what the live generation says, and `active` names it; or the generation
that was live before is live again, with its units; or, where neither comes about,
what stands in the way.

From before the first unit is stopped until the last one has started there is a
journal in phase `activate`. What it says is weaker than a list of steps done, and
enough: any unit of the generations that it names may run, or not. So whoever
resumes compares with each of them, and with nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import Digest, UnitName
from ...ir.plan import UnitAction
from . import journal
from .bundle_file import load_bundle, whole_bundle
from .flip import flip, take_down
from .journal import Journal, Verb
from .layout import Target, generation_name
from .live import live_manifest, point, record, unpoint
from .manager import Job, ServiceManager
from .paths_check import check_paths
from .problems import fail
from .recover import recover
from .session import Caller, claims_held, here
from .unit_plan import Decide, digests_of, may_run, named, unit_plan

__all__ = [
    "Activation",
    "Failure",
    "Trouble",
    "Turn",
    "kept_turn",
    "removing_turn",
    "running",
    "turn_for",
]

LAST_LINES = 10
JOBS: tuple[Job, ...] = ("restart", "reload", "start")


@dataclass(frozen=True)
class Activation:
    """The service manager, the comparison that decides, and whether a failure is taken back."""

    manager: ServiceManager
    decide: Decide
    takes_back: bool = True


@dataclass(frozen=True)
class Trouble:
    """A unit that is not as it should, in which state, and its last lines.

    `unit` is None where the manager itself refused; then the lines are what it said.
    """

    unit: UnitName | None
    state: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Failure:
    """An activation that failed: of what, why, and what is live now, None for nothing.

    `second` is what went wrong on the way back as well.
    """

    tried: int
    troubles: tuple[Trouble, ...]
    live: int | None
    second: tuple[Trouble, ...] = ()


class Turn:
    """One command's turn at the units of a stack."""

    def __init__(
        self,
        target: Target,
        caller: Caller,
        activation: Activation,
        before: Manifest | None,
        plan: Sequence[UnitAction],
    ) -> None:
        self.target, self.caller = target, caller
        self.activation, self.manager = activation, activation.manager
        self.before, self.plan = before, plan
        self.way_back = _way_back(target, before) if before and activation.takes_back else None

    @contextmanager
    def units_stopped(self, verb: Verb) -> Iterator[None]:
        """Stop what has to stop while its old unit file is there; start it again on an error."""
        was_pending = journal.pending(self.target)
        number = self.before.generation if self.before else None
        pid, host = here()
        entry = Journal(
            verb, number, number, None, (), pid, host, "activate", True, was_pending or ()
        )
        journal.write(self.target, entry)
        stopped = running(self.manager, named(self.plan, "stop"))
        try:
            self._stop(stopped)
            yield
        except (OSError, ProgramError):
            with suppress(OSError, ProgramError):  # then the journal says that it was interrupted
                self._start_again(stopped, was_pending)
            raise

    def _stop(self, units: Sequence[UnitName]) -> None:
        if not units:
            return
        self.manager.act("stop", units)
        left = running(self.manager, units)
        if left:
            hint = f"`systemctl status {left[0]}` says why; nothing was changed"
            fail(Code.E35, f"'{left[0]}' does not stop", hint=hint)

    def _start_again(self, units: Sequence[UnitName], was_pending: tuple[int, ...] | None) -> None:
        found = journal.read(self.target)
        if found and found.phase == "flip":
            done = recover(self.target)
            self.caller.notice(f"stack {self.target.stack}: {done}")
        if live_manifest(self.target) != self.before:
            return
        if units and self.manager.act("start", units).code != 0:
            return
        if was_pending is None:
            journal.remove(self.target)

    def finish(self, after: Manifest) -> Failure | None:
        """Let units follow; on failure go back, unless that is not wanted. Raises ProgramError."""
        troubles = self._follow(self.plan)
        if not troubles:
            self._complete(after)
            return None
        if not self.activation.takes_back:
            journal.remove(self.target)
            return Failure(after.generation, troubles, after.generation)
        second = self._back(after)
        live = live_manifest(self.target)
        if not second:
            journal.remove(self.target)
        return Failure(after.generation, troubles, live.generation if live else None, second)

    def finish_removal(self) -> None:
        """Let the manager forget units that were stopped and have no files any more.

        Raises ProgramError (E35), OSError.
        """
        read = self.manager.read_units()
        if read.code != 0:
            fail(Code.E35, "unit files were not read", hint=read.output.strip() or None)
        self._forgive(named(self.plan, "stop"))
        unpoint(self.target, "active")
        self.target.transport.sync_folder(self.target.folder)
        journal.remove(self.target)

    def _forgive(self, units: Sequence[UnitName]) -> None:
        if units:
            self.manager.forgive(units)

    def _complete(self, after: Manifest) -> None:
        point(self.target, "active", record(after.generation))
        self.target.transport.sync_folder(self.target.folder)
        journal.remove(self.target)

    def _back(self, after: Manifest) -> tuple[Trouble, ...]:
        """Make live again what was before; returns what stands in the way of it."""
        try:
            if self.before is None or self.way_back is None:
                return self._take_down(after)
            return self._go_back(after, self.before, self.way_back)
        except (OSError, ProgramError) as problem:
            with suppress(OSError, ProgramError):  # the next command does it
                recover(self.target)
            return (Trouble(None, "the way back is barred", tuple(str(problem).splitlines())),)

    def _go_back(self, after: Manifest, before: Manifest, bundle: Bundle) -> tuple[Trouble, ...]:
        plan = unit_plan(self.activation.decide, [after], bundle, digests_of(before))
        stops = named(plan, "stop")
        if stops:
            self.manager.act("stop", stops)
        with claims_held(self.target, self.caller):
            checked = check_paths(self.target, before.files, after)
            flip(self.target, "rollback", after, before, checked)
        return self._follow(plan)

    def _take_down(self, after: Manifest) -> tuple[Trouble, ...]:
        units = [unit.name for unit in after.units]
        if units:
            self.manager.act("stop", units)
        with claims_held(self.target, self.caller):
            take_down(self.target, after)
        self.manager.read_units()
        self._forgive(units)
        return tuple(self._trouble(unit) for unit in running(self.manager, units))

    def _follow(self, plan: Sequence[UnitAction]) -> tuple[Trouble, ...]:
        """Read unit files anew, then do the jobs; returns the troubles of the first that fails."""
        read = self.manager.read_units()
        if read.code != 0:
            return (Trouble(None, "unit files were not read", tuple(read.output.splitlines())),)
        self._forgive(named(plan, "stop", *JOBS))
        for job in JOBS:
            units = named(plan, job)
            troubles = self._do(job, units) if units else ()
            if troubles:
                return troubles
        return ()

    def _do(self, job: Job, units: Sequence[UnitName]) -> tuple[Trouble, ...]:
        done = self.manager.act(job, units)
        states = self.manager.states(units)
        wrong = [unit for unit in units if states[unit].broken]
        if done.code != 0 and not wrong:
            wrong = [unit for unit in units if not states[unit].runs]
        if done.code != 0 and not wrong:
            return (Trouble(None, f"{job} was refused", tuple(done.output.splitlines())),)
        return tuple(self._trouble(unit) for unit in wrong)

    def _trouble(self, unit: UnitName) -> Trouble:
        state = self.manager.states([unit])[unit]
        return Trouble(unit, str(state), tuple(self.manager.last_lines(unit, LAST_LINES)))


def running(manager: ServiceManager, units: Sequence[UnitName]) -> list[UnitName]:
    """Return those of some units that have processes."""
    states = manager.states(units)
    return [unit for unit in units if states[unit].runs]


def _way_back(target: Target, before: Manifest) -> Bundle:
    """Return what a failure goes back to. Raises ProgramError (E27)."""
    found = load_bundle(target, before.tree)
    if found is None:
        name = generation_name(before.generation)
        hint = "--no-rollback goes on without a way back"
        fail(Code.E27, f"what {name} was rendered from is gone or damaged", hint=hint)
    return found


class FilesOnly:
    """The turn of a command that leaves units as they are."""

    @contextmanager
    def units_stopped(self, _: Verb) -> Iterator[None]:
        """Stop nothing."""
        yield

    def finish(self, _: Manifest) -> None:
        """Start nothing."""

    def finish_removal(self) -> None:
        """Tell nobody."""


def turn_for(
    target: Target,
    caller: Caller,
    activation: Activation | None,
    before: Manifest | None,
    after: Bundle,
    secrets: Mapping[str, Digest],
) -> Turn | FilesOnly:
    """Plan what a command does to units on the way to a bundle.

    Raises ProgramError: E27, E34 for units that cannot be acted on.
    """
    if activation is None:
        return FilesOnly()
    if (after.backend, after.scope) != (activation.manager.backend, "system"):
        what = f"backend '{after.backend}', scope '{after.scope}'"
        fail(Code.E34, f"no manager here acts on units of {what}")
    plan = unit_plan(activation.decide, may_run(target, before), after, secrets)
    return Turn(target, caller, activation, before, plan)


def removing_turn(
    target: Target, caller: Caller, activation: Activation | None, before: Manifest | None
) -> Turn | FilesOnly:
    """Plan to stop every unit that may run. Raises ProgramError (E27), OSError."""
    if activation is None:
        return FilesOnly()
    units = {unit.name: unit for one in may_run(target, before) if one for unit in one.units}
    plan = [UnitAction(name, "stop", "the stack goes", unit.source) for name, unit in units.items()]
    return Turn(target, caller, replace(activation, takes_back=False), before, plan)


def kept_turn(
    target: Target,
    caller: Caller,
    activation: Activation | None,
    before: Manifest | None,
    after: Manifest,
) -> Turn | FilesOnly:
    """Plan what a command does to units on the way to a kept generation. Raises as `turn_for`."""
    if activation is None:
        return FilesOnly()
    bundle = whole_bundle(target, after)
    return turn_for(target, caller, activation, before, bundle, digests_of(after))
