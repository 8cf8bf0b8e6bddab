"""Which generations are kept.

In: how many. Out: older manifests and then their trees are gone; never those of
the live generation, the one before it, the one that is active, those that an
interrupted activation may have left running, or the highest.
"""

from contextlib import suppress

from ....ir.manifest import Manifest
from ..records import journal
from ..records.manifest_file import numbers
from ..target.layout import Target, generation_name, generation_number
from .recover import sweep

__all__ = ["remove_all", "trim"]


def trim(target: Target, live: Manifest | None, keep: int) -> None:
    """Remove all but the `keep` highest generations and those that are in use. Raises OSError."""
    present = numbers(target)
    active = generation_number(target.transport.read_link(target.path("active")) or "")
    running = journal.pending(target) or ()
    spared = {*present[-max(keep, 1) :], active, *running}
    if live is not None:
        spared |= {live.generation, live.previous}
    for number in present:
        if number not in spared:
            target.transport.remove(target.path(f"{generation_name(number)}.json"))
    sweep(target)


def remove_all(target: Target) -> None:
    """Remove every generation of a stack that is not deployed, and its key. Raises OSError."""
    for number in numbers(target):
        target.transport.remove(target.path(f"{generation_name(number)}.json"))
    sweep(target)
    for name in ("active", "key", "journal.json"):
        with suppress(FileNotFoundError):
            target.transport.remove(target.path(name))
