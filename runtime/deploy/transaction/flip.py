"""The flip: from the live generation to another one, wholly or not at all.

In: a target whose lock is held, the generation to come, and what makes its tree
if it is new. Out: `live` names it and everything on the target agrees. Until
`live` is replaced, every linked file reads as before; from then on, every one
reads as it should, and what cannot change in that one rename follows.
"""

from collections.abc import Callable
from dataclasses import replace

from ....ir.diagnostics import Code
from ....ir.manifest import Manifest
from ....ir.names import AbsPath
from ....ir.node import Frozen, frozen
from ..paths.backups import Adopted
from ..paths.check import Checked
from ..paths.places import Places
from ..paths.reconcile import Skipped, prepare_copies, reconcile
from ..records import journal
from ..records.journal import Journal, Verb
from ..records.pointers import point, record, unpoint
from ..target.errors import fail
from ..target.layout import Target
from ..target.steps import Step, Tell, telling

__all__ = ["Transition", "flip", "take_down"]


@frozen
class Transition(Frozen):
    """From what is live, None for nothing, to a generation whose paths were checked."""

    verb: Verb
    before: Manifest | None
    after: Manifest
    checked: Checked


def flip(
    target: Target, to: Transition, tell: Tell, stage: Callable[[], None] | None = None
) -> tuple[Skipped, ...]:
    """Go from one generation to another; `stage` makes tree and manifest of a new one.

    Returns what was left alone because it is not ours. Raises ProgramError,
    OSError; the caller then recovers.
    """
    after, checked, others = to.after, to.checked, [to.before] if to.before else []
    entry = _entry(target, to, created=after if stage else None)
    journal.write(target, entry)
    _adopt(target, checked)
    if stage:
        with telling(tell, "stage", after.generation):
            stage()
    _make_links(target, checked)
    prepared = prepare_copies(target, after)
    point(target, "current", record(after.generation))
    point(target, "live", after.tree)
    target.transport.sync_folder(target.folder)
    tell(Step("commit", "done", after.generation))
    with telling(tell, "reconcile", after.generation):
        skipped = reconcile(target, after, others, settled=checked.settled, prepared=prepared)
    journal.close(target, entry)
    return skipped


def _entry(target: Target, to: Transition, created: Manifest | None) -> Journal:
    was, new = to.before.generation if to.before else None, to.after.generation
    involved = (new,) if was is None else (was, new)
    entry = journal.begin(target, to.verb, was, new, *involved)
    return replace(entry, created=created, folders=to.checked.folders)


def take_down(target: Target, before: Manifest, tell: Tell) -> tuple[Skipped, ...]:
    """Go from `before` to nothing: without `live` every link leads to nothing, then all go.

    Returns what was left alone because it is not ours. Raises OSError.
    """
    entry = journal.begin(target, "remove", before.generation, None, before.generation)
    journal.write(target, entry)
    unpoint(target, "current")
    unpoint(target, "live")
    target.transport.sync_folder(target.folder)
    tell(Step("commit", "done"))
    with telling(tell, "reconcile"):
        skipped = reconcile(target, None, [before])
    journal.close(target, entry)
    return skipped


def _adopt(target: Target, checked: Checked) -> None:
    """Keep what others have at our paths; it stays in place until the commit."""
    adopted = Adopted(target, Places(target))
    for path in checked.foreign:
        adopted.save(path)


def _make_links(target: Target, checked: Checked) -> None:
    """Make links for new paths; they lead to nothing yet, so opening them fails as before."""
    for folder in checked.folders:
        target.transport.make_folder(folder)
    places = Places(target)
    for path in checked.links:
        _make_link(target, places, path)


def _make_link(target: Target, places: Places, path: AbsPath) -> None:
    try:
        target.transport.make_link(places.real(path), places.link_text(path))
    except FileExistsError:
        fail(Code.E21, f"'{path}' was made by somebody else just now")
