"""As which generation a running unit began, and what changed for it since.

In: a stack, what is live, the moment at which a unit began. Out: a sentence that says what
it misses, None where what runs is what the live generation says. The comparison is that of
a plan.

What is certain comes first:

1. What began after the live generation became live began as it, if systemd had read its files.
2. What runs since before an activation came to its end was compared and acted on by it:
   it runs as the generation that `active` names.
3. Otherwise the history tells what was live at that moment. Where it does not, and where
   an activation was interrupted, any generation that is kept may have been.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from ...ir.bundle import Bundle
from ...ir.manifest import Manifest
from ...ir.names import UnitName
from ...ir.plan import UnitAction
from ..deploy.records import history, journal
from ..deploy.records.manifest_file import MissingManifest, load, numbers
from ..deploy.records.pointers import active_number, since
from ..deploy.target.layout import Target, generation_name
from .plan import Decide, digests_of, unit_plan

__all__ = ["Staleness"]


class Staleness:
    """Answers for all units of a stack; what it compared once it remembers."""

    def __init__(self, target: Target, decide: Decide, live: Manifest, bundle: Bundle) -> None:
        self._target, self._decide, self._live = target, decide, live
        # a unit that restarts only along with another runs as it should
        self._bundle = replace(
            bundle, units=tuple(replace(unit, requires=()) for unit in bundle.units)
        )
        self._live_since, self._active_since = since(target, "live"), since(target, "active")
        self._is_interrupted = journal.pending(target) is not None
        self._known: dict[tuple[int, ...], Mapping[UnitName, UnitAction]] = {}

    def lag(self, unit: UnitName, moment: datetime | None) -> str | None:
        """Say what a unit that began at a moment does not know yet; None for nothing.

        Raises ProgramError (E27), OSError.
        """
        bases = tuple(self._bases(moment))
        found = self._actions(bases).get(unit)
        if found is None or found.action not in ("restart", "reload"):
            return None
        known = len(bases) == 1
        how = f"runs as of {generation_name(bases[0])}" if known else "may run as it was before"
        return f"{how}: {found.reason}" + (f" ({found.source})" if found.source else "")

    def is_of_live(self, moment: datetime | None) -> bool:
        """Whether what began at a moment began when the live generation was live already."""
        return moment is not None and self._live_since is not None and moment >= self._live_since

    def _bases(self, moment: datetime | None) -> Iterable[int]:
        if moment is None:
            return numbers(self._target)
        if self.is_of_live(moment):
            return ()
        if self._is_interrupted:
            return numbers(self._target)
        if self._active_since is not None and moment < self._active_since:
            number = active_number(self._target)
        else:
            number = history.was_live(self._target, moment)
        kept = numbers(self._target)
        return (number,) if number in kept else kept

    def _actions(self, bases: tuple[int, ...]) -> Mapping[UnitName, UnitAction]:
        if bases not in self._known:
            plan = unit_plan(
                self._decide, list(self._manifests(bases)), self._bundle, digests_of(self._live)
            )
            self._known[bases] = {action.unit: action for action in plan}
        return self._known[bases]

    def _manifests(self, bases: Iterable[int]) -> Iterator[Manifest]:
        for number in bases:
            try:
                yield load(self._target, number)
            except MissingManifest:  # trimmed by another command in the meantime
                continue
