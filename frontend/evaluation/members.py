"""Evaluates all members of a program, each once, needed ones first.

In: `Declarations`, and for a scenario the base's results. Out: an `Evaluation`: the
value of every member, and which offers won. Reports E4 between offers, E1 for
values that an option's type forbids, E2 for cycles.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from ...ir.diagnostics import Collector
from ...ir.graph import components
from ...ir.text import Out
from ...ir.value import TextValue, Value
from ..symbols.cycles import report_cycle
from ..symbols.declarations import Declarations, MemberDecl, Offer
from ..symbols.references import Key, Use
from .composition import Ranking, agree, rank
from .expressions import Evaluator, Needed, TooLarge
from .poison import POISON
from .refinements import is_refined, report_violations

__all__ = ["Evaluation", "evaluate_base", "evaluate_scenario"]


class Evaluation:
    """Values and rankings in the base or with one scenario.

    `changed` are the members that may differ from the base's; in the base, all.
    """

    def __init__(self, scenario: str | None, base: "Evaluation | None") -> None:
        self.scenario = scenario
        self.values: dict[Key, Value] = dict(base.values) if base else {}
        self.rankings: dict[Key, Ranking] = dict(base.rankings) if base else {}
        self.conflicts: set[Key] = set(base.conflicts) if base else set()
        self.too_large: set[Key] = set(base.too_large) if base else set()
        self.changed: set[Key] = set()
        self._users: dict[Key, list[MemberDecl]] = {}

    def uses(self, key: Key) -> Sequence[Use]:
        """Return the references in the offers that won."""
        top = self.rankings[key].winning
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


def evaluate_base(
    declarations: Declarations, poisoned: Collection[int], collector: Collector
) -> Evaluation:
    """Evaluate all members without any scenario."""
    evaluation = Evaluation(None, None)
    members = {member.key: member for member in declarations.members()}
    _implicit_members(declarations, evaluation)
    _MemberEvaluator(declarations, evaluation, poisoned, collector).evaluate(members)
    return evaluation


def evaluate_scenario(
    scenario: str,
    base: Evaluation,
    declarations: Declarations,
    poisoned: Collection[int],
    collector: Collector,
) -> Evaluation:
    """Evaluate the members that a scenario changes or reaches; all others are as in the base."""
    evaluation = Evaluation(scenario, base)
    members = _reached(declarations, declarations.changes[scenario], base)
    for key in members:
        evaluation.values.pop(key, None)
    _MemberEvaluator(declarations, evaluation, poisoned, collector).evaluate(members)
    return evaluation


def _implicit_members(declarations: Declarations, evaluation: Evaluation) -> None:
    """Give every package the `pname` and `out` that it does not declare."""
    for module in declarations.modules.values():
        if module.kind == "package":
            if "pname" not in module.members:
                evaluation.values[module.name, "pname"] = TextValue((module.name,), module.span)
            if "out" not in module.members:
                evaluation.values[module.name, "out"] = TextValue((Out(module.name),), module.span)


def _reached(
    declarations: Declarations, changes: Iterable[MemberDecl], base: Evaluation
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


class _MemberEvaluator:
    """Evaluates a set of members into an `Evaluation`."""

    def __init__(
        self,
        declarations: Declarations,
        evaluation: Evaluation,
        poisoned: Collection[int],
        collector: Collector,
    ) -> None:
        self._declarations = declarations
        self._evaluation = evaluation
        self._collector = collector
        self._evaluator = Evaluator(evaluation.values, evaluation.too_large, poisoned, collector)

    def evaluate(self, members: Mapping[Key, MemberDecl]) -> None:
        """Evaluate members: first those that refer to nothing, then in the order of need."""
        evaluation = self._evaluation
        evaluation.changed = set(members)
        for key, member in members.items():
            evaluation.rankings[key] = rank(member.offered(evaluation.scenario))
        referring: dict[Key, Sequence[Use]] = {}
        for key, member in members.items():
            uses = evaluation.uses(key)
            if uses:
                referring[key] = uses
            else:
                evaluation.values[key] = self._member(member)

        graph = {
            key: sorted({use.key for use in referring[key] if use.key in referring})
            for key in sorted(referring)
        }
        for component in components(graph):
            for key in sorted(component):
                self._with_needed(key)

    def _with_needed(self, key: Key) -> None:
        """Evaluate a member, and before it what it turns out to need.

        Members that refer to each other may still have values, because an `if`
        looks at one branch only; a cycle of actual needs is an error.
        """
        values = self._evaluation.values
        way = {} if key in values else {key: None}  # in order, and quick to look up
        while way:
            last = next(reversed(way))
            try:
                values[last] = self._of_key(last)
            except Needed as missing:
                if missing.key in way:
                    keys = list(way)
                    self._cycle(keys[keys.index(missing.key) :])
                else:
                    way[missing.key] = None
            while way and next(reversed(way)) in values:
                way.popitem()

    def _of_key(self, key: Key) -> Value:
        member = self._declarations.find(key)
        return POISON if member is None else self._member(member)

    def _cycle(self, cycle: list[Key]) -> None:
        """Report a cycle; none of its members has a value."""
        offers = {key: self._evaluation.rankings[key].winning for key in cycle}
        report_cycle(cycle, offers, self._collector)
        for key in cycle:
            self._evaluation.values[key] = POISON

    def _member(self, member: MemberDecl) -> Value:
        """Compose the value of a member of the offers that won. Raises Needed."""
        offers = self._evaluation.rankings[member.key].winning
        if member.broken or member.is_slip or not offers:
            return POISON
        try:
            value = self._offered(member, offers)
        except TooLarge:
            self._evaluation.too_large.add(member.key)
            return POISON
        if member.option is None or value is POISON or not is_refined(member.option.type):
            return value
        return POISON if report_violations(member.option, value, self._collector) else value

    def _offered(self, member: MemberDecl, offers: Sequence[Offer]) -> Value:
        """Return the value that all offers agree on. Raises Needed and TooLarge."""
        if len(offers) == 1:
            return self._evaluator.value(offers[0])
        found = [(offer, self._evaluator.value(offer)) for offer in offers]
        sound = [(offer, value) for offer, value in found if value is not POISON]
        if not sound:
            return POISON
        known = member.key in self._evaluation.conflicts
        value = agree(member, sound, Collector() if known else self._collector)
        if value is None:
            self._evaluation.conflicts.add(member.key)
            return POISON
        return value if len(sound) == len(found) else POISON
