"""Required options that nothing fills.

In: `Declarations`. Out: nothing; reports E3 at the declaration with the uses, or a warning
where some scenario fills the option and no single one is asked for.
"""

from collections.abc import Collection

from ...ir.diagnostics import Code, Collector, Label
from ...ir.span import Span
from ..symbols.declarations import Declarations, MemberDecl
from ..symbols.references import Key, qualified

__all__ = ["report_never_filled", "report_unfilled"]


def report_unfilled(declarations: Declarations, scenario: str | None, collector: Collector) -> None:
    """Report E3 for each option without a value in the base or with one scenario."""
    _errors(declarations, _empty(declarations, scenario), collector)


def report_never_filled(declarations: Declarations, collector: Collector) -> None:
    """Report E3 for each option that neither the base nor a scenario gives a value.

    One that only some scenario fills is a warning.
    """
    empty = _empty(declarations, None)
    _errors(declarations, [member for member in empty if not member.in_scenario], collector)
    for member in empty:
        if member.in_scenario:
            scenarios = ", ".join(f"'{scenario}'" for scenario in sorted(member.in_scenario))
            name = qualified(member.key)
            message = f"required option '{name}' is filled by scenario {scenarios} only"
            collector.warning(Code.E3, message, member.span)


def _empty(declarations: Declarations, scenario: str | None) -> list[MemberDecl]:
    return [
        member
        for member in declarations.members()
        if member.option and not (member.broken or member.is_meant or member.offered(scenario))
    ]


def _errors(
    declarations: Declarations, empty: Collection[MemberDecl], collector: Collector
) -> None:
    uses = _uses(declarations, {member.key for member in empty}) if empty else {}
    for member in empty:
        name = qualified(member.key)
        notes = [Label(span, "used here") for span in uses[member.key]]
        hint = f"give it a default, or write {name} = … in another module"
        message = f"required option '{name}' is never filled"
        collector.error(Code.E3, message, member.span, notes=notes, hint=hint)


def _uses(declarations: Declarations, keys: set[Key]) -> dict[Key, list[Span]]:
    found: dict[Key, set[Span]] = {key: set() for key in keys}
    for member in declarations.members():
        for offers in (member.offers, *member.in_scenario.values()):
            for offer in offers:
                for use in offer.uses:
                    if use.key in keys:
                        found[use.key].add(use.span)
    return {key: sorted(spans) for key, spans in found.items()}
