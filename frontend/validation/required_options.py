"""Required options that nothing fills.

In: `Declarations`. Out: nothing; reports E3 at the declaration with the uses, or
a warning where some scenario fills the option and nobody needs it now.
"""

from ...ir.diagnostics import Code, Collector, Label
from ...ir.span import Span
from ..symbols.declarations import Declarations, MemberDecl
from ..symbols.references import Key, name

__all__ = ["report_unfilled"]


def report_unfilled(
    declarations: Declarations, scenario: str | None, needed: bool, collector: Collector
) -> None:
    """Report options without a value in the base or in one scenario.

    `needed` says that a command needs all values, so that it is no comfort that
    another scenario would fill one.
    """
    empty = [
        member
        for member in declarations.members()
        if member.option and not (member.broken or member.meant or member.offered(scenario))
    ]
    if not empty:
        return
    uses = _uses(declarations, {member.key for member in empty})
    for member in empty:
        if needed or not member.in_scenario:
            notes = [Label(span, "used here") for span in uses[member.key]]
            message = f"required option '{name(member.key)}' is never filled"
            hint = f"give it a default, or write {name(member.key)} = … in another module"
            collector.error(Code.E3, message, member.span, notes=notes, hint=hint)
        else:
            _warn(member, collector)


def _warn(member: MemberDecl, collector: Collector) -> None:
    scenarios = ", ".join(f"'{scenario}'" for scenario in sorted(member.in_scenario))
    message = f"required option '{name(member.key)}' is filled by scenario {scenarios} only"
    collector.warning(Code.E3, message, member.span)


def _uses(declarations: Declarations, keys: set[Key]) -> dict[Key, list[Span]]:
    found: dict[Key, set[Span]] = {key: set() for key in keys}
    for member in declarations.members():
        for offers in (member.offers, *member.in_scenario.values()):
            for offer in offers:
                for use in offer.uses:
                    if use.key in keys:
                        found[use.key].add(use.span)
    return {key: sorted(spans) for key, spans in found.items()}
