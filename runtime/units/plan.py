"""Which units an activation acts on, and why.

In: what may run (the live generation, the one that `active` names, and after an
interrupted activation those that it involved), what shall run, and the backend's
comparison of two of them. Out: one action for each unit, the strongest of those
that the comparisons ask for.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from ...ir.bundle import Bundle
from ...ir.manifest import Manifest
from ...ir.names import Digest, UnitName
from ...ir.plan import Plan, UnitAction
from ..deploy.records import journal
from ..deploy.records.manifest_file import find
from ..deploy.records.pointers import active_number
from ..deploy.target.layout import Target

__all__ = ["Decide", "digests_of", "may_run", "named", "unit_plan"]

Decide: TypeAlias = Callable[[Manifest | None, Bundle, Mapping[str, Digest]], Plan]
"""A backend's comparison; the last argument maps secret files to their keyed digests."""

STRENGTH: Mapping[str, int] = {"none": 0, "stop": 1, "start": 2, "reload": 3, "restart": 4}
"""A restart starts what does not run; a start does nothing to what does."""


def may_run(target: Target, live: Manifest | None) -> list[Manifest | None]:
    """Return the generations whose units may run, the live one first; None: perhaps nothing runs.

    Raises ProgramError (E27), OSError.
    """
    found: dict[int | None, Manifest | None] = {live.generation if live else None: live}
    pending = journal.pending(target)
    for number in (active_number(target), *(pending or ())):
        if number not in found:
            manifest = find(target, number)
            found[manifest.generation if manifest else None] = manifest
    if pending is not None:
        found[None] = None  # units may have been stopped by then
    return list(found.values())


def digests_of(manifest: Manifest) -> dict[str, Digest]:
    """Return the keyed digest of each secret file of a generation."""
    return {secret.name: secret.keyed for secret in manifest.secrets}


def unit_plan(
    decide: Decide,
    bases: Sequence[Manifest | None],
    after: Bundle,
    secrets: Mapping[str, Digest],
) -> tuple[UnitAction, ...]:
    """Compare with each of `bases`; stops come first, the rest in the order of the bundle."""
    known = {unit.name for base in bases if base for unit in base.units}
    found: dict[UnitName, UnitAction] = {}
    for base in bases:
        for action in decide(base, after, secrets).units:
            stronger = found.get(action.unit)
            if stronger is None or STRENGTH[stronger.action] < STRENGTH[action.action]:
                found[action.unit] = _told(action, base, bases[0], known)
    _pass_on(found, after, known)
    stops = [action for action in found.values() if action.action == "stop"]
    rest = [found[unit.name] for unit in after.units if unit.name in found]
    return (*stops, *(action for action in rest if action.action != "stop"))


def _told(
    action: UnitAction, base: Manifest | None, first: Manifest | None, known: Collection[UnitName]
) -> UnitAction:
    """Say of an action what it was compared with, where that is not the first."""
    if base is first:
        return action
    if base is not None:
        return replace(action, since=base.generation)
    return replace(action, reason="it may not run") if action.unit in known else action


def _pass_on(found: dict[UnitName, UnitAction], after: Bundle, known: Collection[UnitName]) -> None:
    """Let a restart that one comparison asks for reach the units of another, as systemd does."""
    for unit in after.units:
        causes = (found[name] for name in unit.requires if name in found)
        cause = next((one for one in causes if one.action == "restart"), None)
        if cause is not None and unit.name in known and found[unit.name].action != "restart":
            reason, if_running = f"{cause.unit} restarts", cause.if_running or bool(unit.triggers)
            found[unit.name] = replace(cause, unit=unit.name, reason=reason, if_running=if_running)


def named(plan: Sequence[UnitAction], *actions: str) -> list[UnitName]:
    """Return the units of a plan that have one of some actions."""
    return [entry.unit for entry in plan if entry.action in actions]
