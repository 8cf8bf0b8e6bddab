"""`verify`: hold the machine against what is live, and mend it if asked to.

In: a target. Out: what differs, and what became of it where it was mended.
"""

from dataclasses import dataclass

from ....ir.manifest import Manifest
from ..paths.drift import Drift, StoreFault, survey
from ..records.pointers import deployed
from ..target.caller import Caller
from ..target.layout import Target
from .locking import claims_held, locked, observed
from .repair import others_than, repair

__all__ = ["Verified", "verify", "verify_and_repair"]


@dataclass(frozen=True, slots=True)
class Verified:
    """The generation that was looked at, what differs, and why it is unsettled, if it is.

    `drop_ins` are files of an administrator that add to units of ours; they stay.
    """

    generation: int
    drifts: tuple[Drift, ...]
    unsettled: str | None
    drop_ins: tuple[str, ...] = ()


def verify(target: Target, caller: Caller, fault: StoreFault | None = None) -> Verified:
    """Compare the machine with what is live.

    `fault` looks at store paths; without it, those are asked for that are not valid.
    Raises ProgramError: E22, E26, E27, E29.
    """
    fault = fault or caller.store_fault
    with observed(target, caller.notice) as unsettled:
        live = deployed(target)
        found = tuple(survey(target, live, others_than(target, live), fault))
        return Verified(live.generation, found, unsettled, _drop_ins(target, live))


def verify_and_repair(target: Target, caller: Caller, fault: StoreFault | None = None) -> Verified:
    """Compare the machine with what is live, and mend what can be mended; as `verify` otherwise."""
    fault = fault or caller.store_fault
    with locked(target, caller):
        live = deployed(target)
        with claims_held(target, caller):
            found = tuple(repair(target, live, caller, fault))
            return Verified(live.generation, found, None, _drop_ins(target, live))


def _drop_ins(target: Target, live: Manifest) -> tuple[str, ...]:
    """Return the paths of the drop-ins of all units that are live."""
    found = []
    for unit in live.units:
        folder = f"{unit.path}.d"
        status = target.transport.status(folder)
        if status is not None and status.kind == "folder":
            found += [f"{folder}/{name}" for name in target.transport.names(folder)]
    return tuple(sorted(name for name in found if name.endswith(".conf")))
