"""Whether a machine runs what the live generation of a stack wants.

In: a target, and who looks at units. Out: a `StackStatus`: what is live, what an earlier
command left, and each unit with its state and with what is wrong about it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from ...ir.bundle import Bundle
from ...ir.diagnostics import ProgramError
from ...ir.manifest import Manifest, ManifestUnit
from ...ir.names import UnitName
from ...ir.text import StorePath, fill
from ..deploy.records.manifest_file import MissingManifest, load, numbers
from ..deploy.records.pointers import active_number, live_manifest, since
from ..deploy.staging.bundle_file import load_bundle
from ..deploy.target.layout import Target, generation_name
from ..deploy.transaction.locking import observed
from .activation import Activation
from .facts import UnitFacts
from .process import executable, outside
from .staleness import Staleness

__all__ = ["StackStatus", "UnitStatus", "status"]


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """A unit; `facts` is None if nobody could look, `problem` if nothing is wrong.

    `is_wanted` is false for one that the live generation does not have and that runs.
    `executable` is the file of its main process, None where that cannot be seen.
    """

    unit: UnitName
    service: str
    is_wanted: bool
    facts: UnitFacts | None = None
    executable: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class StackStatus:
    """A stack: numbers of the generations that are live and active, None for none.

    `unsettled` is as `observed` gives it; `blind` says why no unit was looked at.
    """

    live: int | None
    live_since: datetime | None
    active: int | None
    unsettled: str | None
    blind: str | None
    units: tuple[UnitStatus, ...]

    @property
    def is_behind(self) -> bool:
        """Whether another generation is live than the one that was activated last."""
        return None not in (self.active, self.live) and self.active != self.live

    @property
    def is_as_wanted(self) -> bool:
        """Whether nothing is known to be other than it should be."""
        return self.unsettled is None and not any(unit.problem for unit in self.units)


def status(
    target: Target, onlooker: Activation | str, notice: Callable[[str], None]
) -> StackStatus:
    """Look at a stack and its units; `onlooker` may be the reason why nobody can see units.

    Raises ProgramError: E26 where there is no such stack, E27, E29.
    """
    with observed(target, notice) as unsettled:
        live = live_manifest(target)
        try:
            units, blind = tuple(_units(target, live, onlooker)), None
        except _Blind as problem:
            units, blind = tuple(_unseen(live)), str(problem)
        return StackStatus(
            live.generation if live else None,
            since(target, "live"),
            active_number(target),
            unsettled,
            blind,
            units,
        )


class _Blind(Exception):
    """Units cannot be looked at, and why."""


def _unseen(live: Manifest | None) -> Iterator[UnitStatus]:
    for unit in live.units if live else ():
        yield UnitStatus(unit.name, unit.service, is_wanted=True)


def _units(
    target: Target, live: Manifest | None, onlooker: Activation | str
) -> Iterator[UnitStatus]:
    if isinstance(onlooker, str):
        raise _Blind(onlooker)
    wanted = live.units if live else ()
    dropped = _dropped(target, wanted)
    facts = _facts(onlooker, [unit.name for unit in (*wanted, *dropped)])
    if live is not None:
        look = _Look(target, live, onlooker, facts)
        yield from (look.at(unit) for unit in live.units)
    for unit in dropped:
        if facts[unit.name].state.runs:
            problem = f"{_named(live)} has no such unit, and it runs"
            found = facts[unit.name]
            file = executable(target.transport, found)
            yield UnitStatus(unit.name, unit.service, False, found, file, problem)


def _named(live: Manifest | None) -> str:
    return generation_name(live.generation) if live else "what is live"


def _facts(onlooker: Activation, units: Sequence[UnitName]) -> Mapping[UnitName, UnitFacts]:
    try:
        return onlooker.manager.facts(units)
    except OSError as problem:
        raise _Blind(f"{problem.filename}: {problem.strerror}") from None


def _dropped(target: Target, wanted: Sequence[ManifestUnit]) -> list[ManifestUnit]:
    """Return units of other generations that have no file: nobody else has them now."""
    found: dict[UnitName, ManifestUnit] = {}
    for number in numbers(target):
        # one may be trimmed in the meantime; of one that is damaged `service list` tells
        with suppress(MissingManifest, ProgramError):
            found |= {unit.name: unit for unit in load(target, number).units}
    for unit in wanted:
        found.pop(unit.name, None)
    return [unit for unit in found.values() if target.transport.status(unit.path) is None]


class _Look:
    """Compares each unit of the live generation with what systemd says of it."""

    def __init__(
        self,
        target: Target,
        live: Manifest,
        onlooker: Activation,
        facts: Mapping[UnitName, UnitFacts],
    ) -> None:
        self._target, self._live, self._facts = target, live, facts
        bundle = load_bundle(target, live.tree)
        self._began = Staleness(target, onlooker.decide, live, bundle) if bundle else None
        self._commands = _commands(bundle, live.store_root) if bundle else {}

    def at(self, unit: ManifestUnit) -> UnitStatus:
        """Return what is to be said of a unit."""
        facts = self._facts[unit.name]
        file = executable(self._target.transport, facts)
        problem = self._state(unit, facts) or (
            self._other(unit, facts) if facts.state.runs else None
        )
        return UnitStatus(unit.name, unit.service, True, facts, file, problem)

    def _state(self, unit: ManifestUnit, facts: UnitFacts) -> str | None:
        """Say what is wrong with a unit whatever it runs."""
        if facts.load == "not-found":
            return "systemd has not read its file: `systemctl daemon-reload` lets it"
        if facts.load != "loaded":
            return f"systemd does not take its file: {facts.load}"
        if facts.state.broken:
            return "it failed"
        if facts.state.runs or unit.triggers or not facts.state.stays:
            return None
        return "it should run, and does not"

    def _other(self, unit: ManifestUnit, facts: UnitFacts) -> str | None:
        """Say what a running unit does that the live generation does not want."""
        if unit.triggers and all(name.endswith(".timer") for name in unit.triggers):
            return None  # a job that is under way ends as it began; its next run is the new one
        foreign = outside(self._target.transport, facts, self._live)
        if foreign is not None:
            return f"it runs '{foreign}', which {_named(self._live)} does not use"
        if self._began is None:
            return f"what {_named(self._live)} was rendered from is gone or damaged"
        moment = facts.began or facts.since
        lag = self._began.lag(unit.name, moment)
        if lag is not None:
            return lag
        if facts.is_unread and self._began.is_of_live(moment):
            return "systemd started it by an older file: `systemctl daemon-reload`, then restart it"
        if facts.is_unread or self._has_another_program(unit, facts):
            return "systemd has an older file in mind: `systemctl daemon-reload` lets it read this"
        return None

    def _has_another_program(self, unit: ManifestUnit, facts: UnitFacts) -> bool:
        """Whether systemd would start another program than the file of a unit says.

        After a rollback the file is an older one, and systemd does not see that it is unread.
        """
        wanted = self._commands.get(unit.name)
        return wanted is not None and facts.command != wanted and not facts.has_drop_ins


def _commands(bundle: Bundle, store_root: str) -> Mapping[UnitName, str]:
    """Return the executable of each unit that has one, as its file names it."""

    def path(part: object) -> str:
        assert isinstance(part, StorePath)
        return f"{store_root.rstrip('/')}/{part.name}"

    return {unit.name: fill(unit.executable, path) for unit in bundle.units if unit.executable}
