"""Evaluates all members of a program, each once, needed ones first.

In: `Declarations`, and for a scenario the base's results. Out: a `Settled`: the
value of every member, and which offers won. Reports E4 between offers, E1 for
values that an option's type forbids, E2 for rings.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from ...ir.diagnostics import Collector
from ...ir.graph import components
from ...ir.text import Out
from ...ir.value import TextValue, Value
from ..symbols.cycles import report_ring
from ..symbols.declarations import Declarations, MemberDecl, Offer
from ..symbols.references import Key, Use
from .composition import Standing, agree, standing
from .expressions import Expressions, Needed, TooLarge
from .poison import POISON
from .refinements import constrained, violations

__all__ = ["Settled", "settle"]


class Settled:
    """Values and standings in the base or with one scenario.

    `changed` are the members that may differ from the base's; in the base, all.
    """

    def __init__(self, scenario: str | None, base: "Settled | None") -> None:
        self.scenario = scenario
        self.values: dict[Key, Value] = dict(base.values) if base else {}
        self.standings: dict[Key, Standing] = dict(base.standings) if base else {}
        self.conflicts: set[Key] = set(base.conflicts) if base else set()
        self.too_large: set[Key] = set(base.too_large) if base else set()
        self.changed: set[Key] = set()
        self._users: dict[Key, list[MemberDecl]] = {}

    def uses(self, key: Key) -> Sequence[Use]:
        """Return the references in the offers that won."""
        top = self.standings[key].top
        if len(top) == 1:
            return top[0].uses
        return [use for offer in top for use in offer.uses]

    def users(self, declarations: Declarations) -> Mapping[Key, Sequence[MemberDecl]]:
        """Map each member to those whose offers that won refer to it."""
        if not self._users:
            for member in declarations.members():
                for use in self.uses(member.key):
                    self._users.setdefault(use.key, []).append(member)
        return self._users


def settle(
    declarations: Declarations,
    poisoned: Collection[int],
    collector: Collector,
    scenario: str | None = None,
    base: Settled | None = None,
) -> Settled:
    """Evaluate all members; with a scenario only those that it changes or reaches."""
    settled = Settled(scenario, base)
    if base is None or scenario is None:
        members = {member.key: member for member in declarations.members()}
        _implicit_members(declarations, settled)
    else:
        members = _reached(declarations, declarations.changes[scenario], base)
    settled.changed = set(members)
    for member in members.values():
        settled.standings[member.key] = standing(member.offered(scenario))
    if base is not None:
        for key in members:
            settled.values.pop(key, None)
    _Run(declarations, settled, poisoned, collector).all(members)
    return settled


def _implicit_members(declarations: Declarations, settled: Settled) -> None:
    """Give every package the `pname` and `out` that it does not declare."""
    for module in declarations.modules.values():
        if module.kind == "package":
            if "pname" not in module.members:
                settled.values[module.name, "pname"] = TextValue((module.name,), module.span)
            if "out" not in module.members:
                settled.values[module.name, "out"] = TextValue((Out(module.name),), module.span)


def _reached(
    declarations: Declarations, changes: Iterable[MemberDecl], base: Settled
) -> dict[Key, MemberDecl]:
    """Return the members that a scenario contributes to and all that refer to these."""
    users = base.users(declarations)
    waiting = list(changes)
    found: dict[Key, MemberDecl] = {}
    while waiting:
        member = waiting.pop()
        if member.key not in found:
            found[member.key] = member
            waiting.extend(users.get(member.key, ()))
    return dict(sorted(found.items()))


class _Run:
    """One evaluation of a set of members."""

    def __init__(
        self,
        declarations: Declarations,
        settled: Settled,
        poisoned: Collection[int],
        collector: Collector,
    ) -> None:
        self._declarations = declarations
        self._settled = settled
        self._collector = collector
        self._expressions = Expressions(settled.values, settled.too_large, poisoned, collector)

    def all(self, members: Mapping[Key, MemberDecl]) -> None:
        """Evaluate members: first those that refer to nothing, then in the order of need."""
        values = self._settled.values
        referring: dict[Key, Sequence[Use]] = {}
        for key, member in members.items():
            uses = self._settled.uses(key)
            if uses:
                referring[key] = uses
            else:
                values[key] = self._member(member)

        graph = {
            key: sorted({use.key for use in referring[key] if use.key in referring})
            for key in sorted(referring)
        }
        for component in components(graph):
            if len(component) == 1:
                self._settle(component[0])
            else:
                for key in sorted(component):
                    self._settle(key)

    def _settle(self, key: Key) -> None:
        """Evaluate a member, and before it what it turns out to need.

        Members that refer to each other may still have values, because an `if`
        looks at one branch only; a ring of actual needs is an error.
        """
        values = self._settled.values
        if key in values:
            return
        try:
            values[key] = self._of_key(key)
            return
        except Needed:
            way = {key: None}
        while way:
            last = next(reversed(way))
            try:
                values[last] = self._of_key(last)
            except Needed as missing:
                if missing.key in way:
                    names = list(way)
                    self._ring(names[names.index(missing.key) :])
                else:
                    way[missing.key] = None
            while way and next(reversed(way)) in values:
                way.popitem()

    def _of_key(self, key: Key) -> Value:
        member = self._declarations.find(key)
        return POISON if member is None else self._member(member)

    def _ring(self, ring: list[Key]) -> None:
        offers = {key: self._settled.standings[key].top for key in ring}
        report_ring(ring, offers, self._collector)
        for key in ring:
            self._settled.values[key] = POISON

    def _member(self, member: MemberDecl) -> Value:
        """Compose the value of a member of the offers that won. Raises Needed."""
        offers = self._settled.standings[member.key].top
        if member.broken or member.slip or not offers:
            return POISON
        try:
            value = self._offered(member, offers)
        except TooLarge:
            self._settled.too_large.add(member.key)
            return POISON
        if member.option is None or value is POISON or not constrained(member.option.type):
            return value
        return POISON if violations(member.option, value, self._collector) else value

    def _offered(self, member: MemberDecl, offers: Sequence[Offer]) -> Value:
        """Return the value that all offers agree on. Raises Needed and TooLarge."""
        if len(offers) == 1:
            return self._expressions.value(offers[0])
        found = [(offer, self._expressions.value(offer)) for offer in offers]
        sound = [(offer, value) for offer, value in found if value is not POISON]
        if not sound:
            return POISON
        known = member.key in self._settled.conflicts
        value = agree(member, sound, Collector() if known else self._collector)
        if value is None:
            self._settled.conflicts.add(member.key)
            return POISON
        return value if len(sound) == len(found) else POISON
