"""Which option each contribution sets.

In: an `Ast`, and the `Declarations` of its modules. Out: the offers of contributions, filed
under the members that they are for. Reports E4 for contributions to a derived, E2 for those
to nothing.
"""

from collections.abc import Container
from typing import TypeAlias

from ...ir.ast import Ast, Contribution, ModuleBlock, ScenarioBlock
from ...ir.diagnostics import Code, Collector, Label
from ...ir.schema.kinds import KINDS
from .declarations import PRECEDENCE, Declarations, MemberDecl, ModuleDecl, Offer
from .references import Key, qualified, uses

__all__ = ["file_contributions"]

Refused: TypeAlias = dict[Key, list[Contribution]]
"""Contributions to deriveds."""


def file_contributions(
    ast: Ast, found: Declarations, collector: Collector, wanted: Container[str] | None
) -> None:
    """Add what modules and scenarios contribute to the offers for each option.

    Of scenarios only errors in the `wanted` ones are reported; None means all.
    """
    refused: Refused = {}
    for block in ast.modules:
        _file_module(block, found, refused, collector)
    for scenario in ast.scenarios:
        own = collector if wanted is None or scenario.name in wanted else Collector()
        _file_scenario(scenario, found, refused, own)
    _report_refused(found, refused, collector)


def _file_module(
    block: ModuleBlock, found: Declarations, refused: Refused, collector: Collector
) -> None:
    for entry in block.members:
        if not isinstance(entry, Contribution):
            continue
        if _is_path(entry, block.name, found):
            _report_path(entry, found.modules[block.name], collector)
            continue
        member = _option_for(entry, found, refused, collector)
        if member:
            member.offers.append(_offer(entry, block.name, block.name))


def _is_path(entry: Contribution, module: str, found: Declarations) -> bool:
    """Whether `recipeArgs.command = …` is for a field of the module's own recipeArgs."""
    if entry.target in found.modules:
        return False
    own = entry.target in found.modules[module].members
    return own or any(schema.get(entry.target) for schema in KINDS.values())


def _report_path(entry: Contribution, module: ModuleDecl, collector: Collector) -> None:
    target = entry.target
    own = module.members.setdefault(  # without one, what is missing in it would follow
        target, MemberDecl((module.name, target), target, entry.span, None, [], broken=True)
    )
    hint = f"write {target} = {{ {entry.member} = … }}"
    if own.offers:
        hint = f"put '{entry.member}' into {target} = {{ … }}"
    collector.error(Code.E2, f"contribution to unknown module '{target}'", entry.span, hint=hint)


def _file_scenario(
    scenario: ScenarioBlock, found: Declarations, refused: Refused, collector: Collector
) -> None:
    for entry in scenario.members:
        member = _option_for(entry, found, refused, collector, f" (in scenario {scenario.name})")
        if member:
            offers = member.in_scenario.setdefault(scenario.name, [])
            if not offers:
                found.changes[scenario.name].append(member)
            offers.append(_offer(entry, scenario.name, entry.target))


def _report_refused(found: Declarations, refused: Refused, collector: Collector) -> None:
    for key, entries in sorted(refused.items()):
        defined = found.modules[key[0]].members[key[1]].span
        *others, last = sorted([defined, *(entry.span for entry in entries)])
        notes = [
            Label(span, "defined here" if span == defined else "also contributed here")
            for span in others
        ]
        message = f"'{qualified(key)}' is a derived member; it takes no contributions"
        hint = f"declare it as one that others may set: option {key[1]} : …"
        collector.error(Code.E4, message, last, notes=notes, hint=hint)


def _offer(entry: Contribution, site: str, home: str) -> Offer:
    found_uses = uses(entry.value, home)
    precedence = PRECEDENCE[entry.rung]
    return Offer(
        "contribution", entry.rung, precedence, site, home, entry.value, entry.span, found_uses
    )


def _option_for(
    entry: Contribution,
    found: Declarations,
    refused: Refused,
    collector: Collector,
    suffix: str = "",
) -> MemberDecl | None:
    """Return the option that a contribution is for; None after reporting that there is none."""
    module = found.modules.get(entry.target)
    if module is None:
        _unknown_module(entry, found, collector, suffix)
        return None
    member = module.members.get(entry.member)
    if member is None:
        if module.whole:
            _unknown_member(entry, module, found, collector, suffix)
        return None
    if member.option is None and not member.broken:
        refused.setdefault(member.key, []).append(entry)
        return None
    return member


def _unknown_module(
    entry: Contribution, found: Declarations, collector: Collector, suffix: str
) -> None:
    _note_meant(found, found.spelling.nearest(entry.target), entry.member)
    message = f"contribution to unknown module '{entry.target}'{suffix}"
    hint = found.spelling.hint(entry.target)
    collector.error(Code.E2, message, entry.span, hint=hint)


def _unknown_member(
    entry: Contribution, module: ModuleDecl, found: Declarations, collector: Collector, suffix: str
) -> None:
    _note_meant(found, module.name, module.spelling.nearest(entry.member))
    message = f"contribution to unknown member '{entry.member}' of module '{module.name}'{suffix}"
    hint = module.spelling.hint(entry.member)
    hint = hint or f"declare it there: option {entry.member} : …"
    collector.error(Code.E2, message, entry.span, hint=hint)


def _note_meant(found: Declarations, module: str | None, label: str | None) -> None:
    """Note which member a misspelt contribution was for, so that nobody calls that unfilled."""
    member = found.find((module, label)) if module and label else None
    if member:
        member.is_meant = True
