"""The rollout of a generation: after its files have changed, units follow; else all goes back.

In: a stack that is held, what decides on units, and the service manager. Out: the
units do what the live generation says, and `active` names it; or the generation
that was live before is live again, with its units; or, where neither comes about,
what stands in the way.

From before the first unit is stopped until the last one has started there is a
journal in phase `activate`. What it says is weaker than a list of steps done, and
enough: any unit of the generations that it names may run, or not. So whoever
resumes compares with each of them, and with nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import UnitName
from ...ir.node import Frozen, frozen
from ...ir.plan import UnitAction
from ..deploy.paths.check import check_paths
from ..deploy.records import journal
from ..deploy.records.journal import Verb
from ..deploy.records.pointers import live_manifest, point, record, unpoint
from ..deploy.staging.bundle_file import load_bundle
from ..deploy.target.caller import Caller
from ..deploy.target.errors import fail
from ..deploy.target.layout import Target, generation_name
from ..deploy.target.steps import Step
from ..deploy.transaction.flip import Transition, flip, take_down
from ..deploy.transaction.locking import claims_held, tell_recovered
from ..deploy.transaction.recover import recover
from .activation import Activation, Failure, Trouble
from .jobs import act, follow, forgive, read_units, running, serving, to_run_again, troubles
from .manager import by_hand
from .plan import digests_of, named, unit_plan
from .tmpfiles import make_tmpfiles

__all__ = ["FilesOnly", "Rollout", "RolloutPlan"]


@frozen
class RolloutPlan(Frozen):
    """What is to be done to each unit.

    `bases` are the generations whose units may run when it begins, as `may_run` returns them;
    `back` is what a failure goes back to, None for nothing.
    """

    actions: Sequence[UnitAction]
    bases: Sequence[Manifest | None]
    back: Manifest | None


class Rollout:
    """What one command does to the units of a stack; `before` is what is live when it begins."""

    def __init__(
        self,
        target: Target,
        caller: Caller,
        activation: Activation,
        before: Manifest | None,
        plan: RolloutPlan,
    ) -> None:
        self.target, self.caller = target, caller
        self.activation, self.manager = activation, activation.manager
        self.before, self.bases, self.plan = before, plan.bases, plan.actions
        self.was = before.generation if before else None
        self.was_pending = journal.pending(target)
        self.served: frozenset[UnitName] = frozenset()
        self.back, back = plan.back, plan.back
        self.back_to = back.generation if back else None
        self.way_back = _way_back(target, back) if back and activation.takes_back else None

    @contextmanager
    def units_stopped(self, verb: Verb) -> Iterator[None]:
        """Stop what has to stop while its old unit file is there; start it again on an error."""
        self.served = serving(self.manager, self.before)
        self.plan = to_run_again(self.manager, self.plan, self.served)
        stopped = running(self.manager, named(self.plan, "stop"))
        entry = journal.begin(self.target, verb, self.was, self.was)
        journal.write(self.target, replace(entry, phase="activate", activates=True))
        try:
            self._stop(stopped)
            yield
        except (OSError, ProgramError):
            with suppress(OSError, ProgramError):  # then the journal says that it was interrupted
                self._start_again(stopped)
            raise

    def _stop(self, units: Sequence[UnitName]) -> None:
        if not units:
            return
        _, left = act(self.manager, "stop", units, self.was, self.caller.tell)
        if left:
            systemctl = by_hand("systemctl", self.manager.scope)
            hint = f"`{systemctl} status {left[0]}` says why; nothing was changed"
            fail(Code.E35, f"'{left[0]}' does not stop", hint=hint)

    def _start_again(self, units: Sequence[UnitName]) -> None:
        found = journal.read(self.target)
        if found and found.phase == "flip":
            tell_recovered(self.target, self.caller, recover(self.target))
        if live_manifest(self.target) != self.before:
            return
        if units and act(self.manager, "start", units, self.was, self.caller.tell)[0].code != 0:
            return
        if self.was_pending is None:
            journal.remove(self.target)

    def finish(self, after: Manifest) -> Failure | None:
        """Let units follow; on failure go back, unless that is not wanted. Raises ProgramError."""
        troubles = self._follow(self.plan, after)
        if not troubles:
            self._complete(after)
            return None
        if not self.activation.takes_back:
            if self.was_pending is None:  # else units that were stopped then may not run yet
                journal.remove(self.target)
            return Failure(after.generation, troubles, after.generation)
        second = self._back(after)
        self.caller.tell(Step("back", "failed" if second else "done", self.back_to))
        live = live_manifest(self.target)
        if not second and live:
            self._complete(live)
        elif not second:
            journal.remove(self.target)
        return Failure(after.generation, troubles, live.generation if live else None, second)

    def finish_removal(self) -> None:
        """Let the manager forget units that were stopped and have no files any more.

        Raises ProgramError (E35), OSError.
        """
        read = read_units(self.manager, None, self.caller.tell)
        if read.code != 0:
            fail(Code.E35, "unit files were not read", hint=read.output.strip() or None)
        forgive(self.manager, named(self.plan, "stop"))
        unpoint(self.target, "active")
        self.target.transport.sync_folder(self.target.folder)
        journal.remove(self.target)

    def _follow(self, plan: Sequence[UnitAction], of: Manifest) -> tuple[Trouble, ...]:
        """Let units do what a plan says, then ask them whether they are well."""
        from .health import ask_units  # only who activates needs sockets and threads

        return (
            make_tmpfiles(self.manager, of, self.caller.tell)
            or follow(self.manager, plan, of, self.caller.tell)
            or ask_units(self.activation, plan, of, self.caller.tell)
        )

    def _complete(self, after: Manifest) -> None:
        point(self.target, "active", record(after.generation))
        self.target.transport.sync_folder(self.target.folder)
        journal.remove(self.target)

    def _back(self, after: Manifest) -> tuple[Trouble, ...]:
        """Make live again what was before, or was well; returns what stands in the way of it."""
        self.caller.tell(Step("back", "begun", self.back_to))
        try:
            if self.back is None or self.way_back is None:
                return self._take_down(after)
            return self._go_back(after, self.back, self.way_back)
        except (OSError, ProgramError) as problem:
            with suppress(OSError, ProgramError):  # the next command does it
                recover(self.target)
            return (Trouble(None, "the way back is barred", tuple(str(problem).splitlines())),)

    def _go_back(self, after: Manifest, back: Manifest, bundle: Bundle) -> tuple[Trouble, ...]:
        # jobs that were not reached have left units as they were before
        bases = [after, *self.bases]
        plan = unit_plan(self.activation.decide, bases, bundle, digests_of(back))
        served = self.served | serving(self.manager, back)
        plan = to_run_again(self.manager, plan, served)
        stops = named(plan, "stop")
        if stops:
            act(self.manager, "stop", stops, after.generation, self.caller.tell)
        with claims_held(self.target, self.caller):
            checked = check_paths(self.target, back.files, after)
            flip(self.target, Transition("rollback", after, back, checked), self.caller.tell)
        return self._follow(plan, back)

    def _take_down(self, after: Manifest) -> tuple[Trouble, ...]:
        units = [unit.name for unit in after.units]
        if units:
            act(self.manager, "stop", units, after.generation, self.caller.tell)
        with claims_held(self.target, self.caller):
            take_down(self.target, after, self.caller.tell)
        read_units(self.manager, None, self.caller.tell)
        forgive(self.manager, units)
        return troubles(self.manager, running(self.manager, units))


def _way_back(target: Target, before: Manifest) -> Bundle:
    """Return what a failure goes back to. Raises ProgramError (E27)."""
    found = load_bundle(target, before.tree)
    if found is None:
        name = generation_name(before.generation)
        hint = "--no-rollback goes on without a way back"
        fail(Code.E27, f"what {name} was rendered from is gone or damaged", hint=hint)
    return found


class FilesOnly:
    """What a command does that leaves units as they are."""

    @contextmanager
    def units_stopped(self, _: Verb) -> Iterator[None]:
        """Stop nothing."""
        yield

    def finish(self, _: Manifest) -> None:
        """Start nothing."""

    def finish_removal(self) -> None:
        """Tell nobody."""
