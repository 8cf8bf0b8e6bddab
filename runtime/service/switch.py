"""Roll back and switch: make a kept generation live.

In: a stack, and the number of a generation. Out: the manifest that is live now. Nothing is
evaluated, built or rendered.
"""

from functools import partial
from typing import Literal

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ..deploy.paths.check import Checked, check_paths
from ..deploy.records.pointers import live_manifest
from ..deploy.staging.stage import damaged_in
from ..deploy.target.caller import Caller
from ..deploy.target.layout import Target
from ..deploy.transaction.flip import Transition, flip
from ..deploy.transaction.locking import claims_held, locked
from ..units.activation import Activation
from ..units.plan_rollout import plan_rollout_to_kept
from .kept_generations import check_same_store, check_store, find_generation
from .outcome import Outcome, remember

__all__ = ["rollback", "switch"]


def rollback(
    target: Target,
    to: int | None,
    caller: Caller,
    *,
    adopt: bool = False,
    activation: Activation | None = None,
) -> Outcome:
    """Go back to the generation that was live before this one, or to any that is kept.

    `adopt` and `activation` are as in Wish.

    Raises ProgramError: E12 where it or a path that it pins is gone, E21, E22, E26, E27, E29.
    """
    return _go(target, "rollback", to, caller, adopt, activation)


def switch(
    target: Target,
    to: int,
    caller: Caller,
    *,
    adopt: bool = False,
    activation: Activation | None = None,
) -> Outcome:
    """Go to a generation that is kept, forward or back. Raises as rollback does."""
    return _go(target, "switch", to, caller, adopt, activation)


def _go(
    target: Target,
    verb: Literal["rollback", "switch"],
    to: int | None,
    caller: Caller,
    adopt: bool,
    activation: Activation | None,
) -> Outcome:
    with locked(target, caller):
        before = live_manifest(target)
        after = find_generation(target, to, before)
        _check_tree(target, after)
        check_same_store(target, after)
        check_store(caller, after.store_paths)
        rollout = plan_rollout_to_kept(target, caller, activation, before, after)
        with rollout.units_stopped(verb), claims_held(target, caller):
            if adopt:
                checked = _adopt_paths(target, caller, before, after)
            else:
                checked = check_paths(target, after.files, before)
            skipped = flip(target, Transition(verb, before, after, checked), caller.tell)
        was = before.generation if before else None
        done = Outcome(after, was, skipped, rollout.finish(after))
        remember(target, caller, verb, done)
    return done


def _adopt_paths(
    target: Target, caller: Caller, before: Manifest | None, after: Manifest
) -> Checked:
    from ..deploy.transaction.adopt import adopting, clear_drift  # few commands compare and mend

    clear_drift(target, caller, before)
    return adopting(target, caller, partial(check_paths, target, after.files, before))


def _check_tree(target: Target, manifest: Manifest) -> None:
    damaged = damaged_in(target, manifest)
    if damaged:
        hint = f"`punix service verify {target.stack} --fix` puts back what it can"
        raise ProgramError(
            Diagnostic(Code.E27, f"'{path}' is not as it was deployed", hint=hint)
            for path in damaged
        )
