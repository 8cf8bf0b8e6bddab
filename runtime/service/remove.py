"""Remove: take a stack off its target.

In: a stack. Out: none of its files is left on the target.
"""

from ...ir.diagnostics import Code
from ..deploy.paths.reconcile import Skipped
from ..deploy.records import history, journal
from ..deploy.records.pointers import live_manifest
from ..deploy.target.caller import Caller, rfc3339
from ..deploy.target.errors import fail
from ..deploy.target.layout import Target
from ..deploy.transaction.flip import take_down
from ..deploy.transaction.locking import claims_held, locked
from ..deploy.transaction.retention import remove_all
from ..units.activation import Activation
from ..units.plan_rollout import plan_removal

__all__ = ["remove"]


def remove(
    target: Target, caller: Caller, *, purge: bool = False, activation: Activation | None = None
) -> tuple[Skipped, ...]:
    """Take a stack off the target. Its generations stay, so that it can be switched to again.

    With `purge` they go too; then only the lock and the history are left. With `activation`
    its units are stopped first.
    Returns what was left alone because it is not the stack's. Raises
    ProgramError: E22, E26 where nothing is deployed, E27, E29, E35 for a unit that does not stop.
    """
    skipped: tuple[Skipped, ...] = ()
    with locked(target, caller):
        before = live_manifest(target)
        units_left = activation is not None and journal.pending(target) is not None
        if before is None and not units_left and not purge:
            fail(Code.E26, f"stack '{target.stack}' is not deployed here")
        rollout = plan_removal(target, caller, activation, before)
        with rollout.units_stopped("remove"), claims_held(target, caller):
            if before is not None:
                skipped = take_down(target, before, caller.tell)
        rollout.finish_removal()
        if purge:
            remove_all(target)
        was = before.generation if before else None
        at = rfc3339(caller.now())
        history.append(target, history.Entry(at, caller.who, "remove", was, None))
    return skipped
