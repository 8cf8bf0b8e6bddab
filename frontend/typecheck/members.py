"""Static types of all members: what fits where, before anything is evaluated.

In: `Declarations`. Out: the set of expressions that an error makes worthless
(`poisoned`, by identity), so that evaluation says nothing more about them.
Reports E1 for what does not fit its option, E2 for cycles of deriveds; `expressions`
reports what is wrong inside expressions.
"""

from collections.abc import Iterable, Mapping

from ...ir.diagnostics import Code, Collector, Label
from ...ir.graph import components, shortest_ring
from ...ir.schema.kinds import KINDS
from ...ir.schema.shape import Schema
from ..symbols.cycles import report_cycle
from ..symbols.declarations import Declarations, MemberDecl, Offer
from ..symbols.references import Key
from .expressions import TypeRules
from .mismatch import mismatch
from .types import UNKNOWN, Type, declared_type, unify

__all__ = ["Inference"]


class Inference:
    """Infers every member once; `schemas` says which members hold mixed lists by right."""

    def __init__(
        self,
        declarations: Declarations,
        schemas: Mapping[str, Schema],
        collector: Collector,
    ) -> None:
        self._declarations = declarations
        self._schemas = schemas
        self._types: dict[Key, Type] = {}
        self._rules = TypeRules(declarations, self._types, collector)
        self.poisoned = self._rules.poisoned

    def base(self) -> None:
        """Infer all members: deriveds in the order in which they use each other, then offers."""
        deriveds: list[MemberDecl] = []
        options: list[MemberDecl] = []
        for member in self._declarations.members():
            if member.option is None or member.broken:
                deriveds.append(member)
            else:
                options.append(member)
                self._types[member.key] = declared_type(member.option.type)
        self._deriveds(deriveds)
        for member in options:
            self._offers(member, member.offers)

    def scenario(self, scenario: str, collector: Collector) -> None:
        """Infer what a scenario contributes; its errors go to a collector of its own."""
        self._rules.collector = collector
        for member in self._declarations.changes[scenario]:
            if not member.broken:
                self._offers(member, member.in_scenario[scenario])

    def _deriveds(self, deriveds: list[MemberDecl]) -> None:
        using: dict[Key, MemberDecl] = {}
        for member in deriveds:
            if member.broken or not member.offers[0].uses:
                self._derived(member)
            else:
                using[member.key] = member
        graph = {
            key: sorted({use.key for use in using[key].offers[0].uses} & using.keys())
            for key in sorted(using)
        }
        for component in components(graph):
            cycle = shortest_ring(graph, min(component), set(component))
            if cycle:
                self._cycle(cycle, {key: using[key] for key in component})
            for key in component:
                self._derived(using[key])

    def _cycle(self, cycle: list[Key], component: Mapping[Key, MemberDecl]) -> None:
        """Report a cycle; nothing is known of the types of all that stand on it and each other."""
        for key, member in component.items():
            member.broken = True
            self._types[key] = UNKNOWN
        offers = {key: component[key].offers for key in cycle}
        report_cycle(cycle, offers, self._rules.collector)

    def _derived(self, member: MemberDecl) -> None:
        may_mix = self._may_be_field(member) or member.is_slip  # as the field that was meant
        found = [self._rules.infer(offer, may_mix) for offer in member.offers]
        self._types[member.key] = UNKNOWN if member.broken else found[0]

    def _may_be_field(self, member: MemberDecl) -> bool:
        """Whether a schema checks a member; what makes a module a stack may be unread."""
        module, label = member.key
        schema = self._schemas.get(module)
        if schema is None and not self._declarations.modules[module].whole:
            return any(kind.get(label) for kind in KINDS.values())
        return schema is not None and schema.get(label) is not None

    def _offers(self, member: MemberDecl, offers: Iterable[Offer]) -> None:
        """Hold the default of an option and contributions to it against its type."""
        wanted = self._types[member.key]
        for offer in offers:
            found = self._rules.infer(offer, may_mix=False)
            if unify(found, wanted) is None:
                self._report_mismatch(member, offer, found, wanted)

    def _report_mismatch(self, member: MemberDecl, offer: Offer, found: Type, wanted: Type) -> None:
        assert member.option is not None
        notes = [Label(member.option.span, "option declared here")]
        blamed = mismatch(member.key, offer.expr, found, wanted)
        self._rules.error(
            Code.E1, blamed.message, blamed.expr, blamed.span, notes=notes, hint=blamed.hint
        )
        self._rules.poisoned.add(id(offer.expr))
