"""What a command is to do to units.

In: a stack that is held, what decides on units, and what is to be live. Out: a `Rollout`, or
`FilesOnly` for a command without `--activate`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code
from ...ir.manifest import Manifest
from ...ir.names import Digest
from ...ir.node import Frozen, frozen
from ...ir.plan import UnitAction
from ..deploy.records import journal
from ..deploy.records.pointers import active_number
from ..deploy.staging.bundle_file import whole_bundle
from ..deploy.target.caller import Caller
from ..deploy.target.errors import fail
from ..deploy.target.layout import Target, generation_name
from .activation import Activation
from .manager import ServiceManager
from .plan import digests_of, may_run, unit_plan
from .rollout import FilesOnly, Rollout, RolloutPlan

__all__ = ["Desired", "plan_removal", "plan_rollout", "plan_rollout_to_kept"]


@frozen
class Desired(Frozen):
    """What is to be live: a bundle, and the keyed digests of its secret files by their names.

    `generation` is the number of a kept one, None for one that is new.
    """

    bundle: Bundle
    secrets: Mapping[str, Digest]
    generation: int | None = None


def plan_rollout(
    target: Target,
    caller: Caller,
    activation: Activation | None,
    before: Manifest | None,
    desired: Desired,
) -> Rollout | FilesOnly:
    """Plan what a command does to units on the way to what is to be live.

    Raises ProgramError: E27, E34 for units that cannot be acted on.
    """
    if activation is None:
        return FilesOnly()
    _check_manager(activation.manager, desired.bundle, before)
    bases = may_run(target, before)
    plan = unit_plan(activation.decide, bases, desired.bundle, desired.secrets)
    back = _back(target, before, bases, desired.generation)
    return Rollout(target, caller, activation, before, RolloutPlan(plan, bases, back))


def _back(
    target: Target, live: Manifest | None, bases: Sequence[Manifest | None], kept: int | None
) -> Manifest | None:
    """Return what a failure goes back to: what is live, or rather what was activated last.

    Nobody knows whether that is well whose activation was interrupted. What was activated
    last may be what is tried now.
    """
    active = active_number(target)
    if live is None or active == kept or journal.pending(target) is None:
        return live
    return next((one for one in bases if one and one.generation == active), live)


def _check_manager(manager: ServiceManager, after: Bundle | None, before: Manifest | None) -> None:
    """Raise ProgramError (E34) where another manager runs the units, or ran them until now."""
    own = (manager.backend, manager.scope)
    if after and (after.backend, after.scope) != own:
        what = f"backend '{after.backend}', scope '{after.scope}'"
        fail(Code.E34, f"no manager here acts on units of {what}")
    if before and (before.backend, before.scope) != own:
        what = f"is live, of backend '{before.backend}', scope '{before.scope}'"
        hint = "remove it as whoever deployed it, then deploy"
        fail(Code.E34, f"{generation_name(before.generation)} {what}", hint=hint)


def plan_removal(
    target: Target, caller: Caller, activation: Activation | None, before: Manifest | None
) -> Rollout | FilesOnly:
    """Plan to stop every unit that may run. Raises ProgramError (E27, E34), OSError."""
    if activation is None:
        return FilesOnly()
    _check_manager(activation.manager, None, before)
    bases = may_run(target, before)
    units = {unit.name: unit for one in bases if one for unit in one.units}
    plan = [UnitAction(name, "stop", "the stack goes", unit.source) for name, unit in units.items()]
    activation = replace(activation, takes_back=False)
    return Rollout(target, caller, activation, before, RolloutPlan(plan, bases, None))


def plan_rollout_to_kept(
    target: Target,
    caller: Caller,
    activation: Activation | None,
    before: Manifest | None,
    after: Manifest,
) -> Rollout | FilesOnly:
    """Plan what a command does to units on the way to a kept generation.

    Raises as `plan_rollout` does.
    """
    if activation is None:
        return FilesOnly()
    desired = Desired(whole_bundle(target, after), digests_of(after), after.generation)
    return plan_rollout(target, caller, activation, before, desired)
