"""`--adopt`: taking paths over at which something else lies, and losing nothing of it.

In: a target that is held. Out: what was changed by hand is moved aside, as `verify --fix`
does; files and links of others are left for the flip to keep, and a person is told.
"""

from typing import Protocol

from ....ir.manifest import Manifest
from ..paths.backups import Adopted, DriftFolder
from ..paths.check import Checked
from ..paths.places import Places
from ..target.caller import Caller
from ..target.layout import Target
from .repair import repair

__all__ = ["adopting", "clear_drift"]


class Check(Protocol):
    """A check of all paths of two generations."""

    def __call__(self, *, adopt: bool) -> Checked: ...


def clear_drift(target: Target, caller: Caller, live: Manifest | None) -> None:
    """Move aside what was changed by hand in the live generation.

    Raises ProgramError (E27), OSError.
    """
    for drift in repair(target, live, caller, caller.store_fault) if live else ():
        if drift.moved:
            caller.notice(f"'{drift.path}' was changed by hand: moved to '{drift.moved}'")


def adopting(target: Target, caller: Caller, check: Check) -> Checked:
    """Check paths, with those at which others have something; it is kept by the flip.

    Where something else is kept for a path already, that one came first and stays. Raises what
    the check raises (E19, E21, E29), OSError.
    """
    checked = check(adopt=True)
    places = Places(target)
    adopted = Adopted(target, places)
    aside = DriftFolder(target, caller.now())
    later = [path for path in checked.foreign if adopted.has(path) and not adopted.holds(path)]
    for path in later:
        caller.notice(f"'{path}' was moved to '{aside.move(places.real(path), path)}'")
    if later:
        checked = check(adopt=True)
    for path in checked.foreign:
        caller.notice(f"'{path}' is kept as '{adopted.place(path)}' until the stack goes")
    return checked
