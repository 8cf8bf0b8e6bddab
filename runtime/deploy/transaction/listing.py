"""What there is of a stack: its generations, one of them, its history. Writes nothing itself.

In: a target. Out: facts for `list`, `show` and `plan`; after recovery where that
is possible, else as `live` says, with the reason why it is not settled.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ....ir.diagnostics import Code, Diagnostic, ProgramError
from ....ir.manifest import Manifest
from ...files import sealed
from ..records import history, journal
from ..records.manifest_file import MissingManifest, load, numbers
from ..records.pointers import deployed, live_manifest
from ..target.errors import fail, reported
from ..target.layout import Target, generation_name
from .locking import observed
from .recover import is_committed

__all__ = ["GenerationInfo", "Listing", "generations", "live", "newest", "show"]


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """A line of `list`."""

    manifest: Manifest
    is_live: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """All generations, oldest first; `unsettled` is None, `in progress (…)` or `recovery pending`.

    `history` has the lines of history.jsonl, oldest first; `damaged` is told of each generation
    whose manifest cannot be read, and which is not among the others.
    """

    generations: tuple[GenerationInfo, ...]
    unsettled: str | None
    history: tuple[dict[str, object], ...]
    damaged: tuple[Diagnostic, ...]


def generations(target: Target, notice: Callable[[str], None]) -> Listing:
    """List a stack. Raises ProgramError: E26 where there is none, E27 for what is live, E29."""
    with observed(target, notice) as unsettled:
        now = live_manifest(target)
        damaged: list[Diagnostic] = []
        found = tuple(
            GenerationInfo(manifest, now is not None and manifest.generation == now.generation)
            for manifest in _manifests(target, damaged)
        )
        return Listing(found, unsettled, tuple(history.read(target)), tuple(damaged))


def _manifests(target: Target, damaged: list[Diagnostic]) -> Iterator[Manifest]:
    never_lived = _never_lived(target)
    for number in numbers(target):
        if number != never_lived:
            try:
                yield load(target, number)
            except ProgramError as problem:
                damaged += problem.diagnostics


def _never_lived(target: Target) -> int | None:
    """Return the number of a generation that an interrupted command made and did not commit."""
    try:
        found = journal.read(target)
    except sealed.Damaged:
        return None
    if found is None or found.created is None or is_committed(target, found):
        return None
    return found.after


def show(target: Target, number: int | None, notice: Callable[[str], None]) -> Manifest:
    """Return the manifest of a generation, by default of the live one.

    Raises ProgramError: E26 where there is none, E27, E29.
    """
    with observed(target, notice):
        if number is None:
            return deployed(target)
        try:
            return load(target, number)
        except MissingManifest:
            name = generation_name(number)
            hint = f"`punix service list {target.stack}` shows those that are kept"
            fail(Code.E26, f"stack '{target.stack}' has no {name}", hint=hint)


def live(target: Target) -> Manifest | None:
    """Return the manifest of what is live, None if nothing is; waits for nobody, mends nothing.

    For `plan`. Raises ProgramError: E27, E29.
    """
    with reported():
        return live_manifest(target)


def newest(target: Target) -> Manifest | None:
    """Return the manifest of the newest generation, None if there is none; as `live` otherwise."""
    with reported():
        found = numbers(target)
        try:
            return load(target, found[-1]) if found else None
        except MissingManifest:  # another command purges the stack
            return None
