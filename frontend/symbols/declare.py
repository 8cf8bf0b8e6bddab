"""Which modules and members there are, and who offers a value for each.

In: an `Ast`. Out: `Declarations`: blocks of one name merged, contributions filed
under the member that they aim at. Reports E4 and E6 for what is declared twice,
E4 for contributions to a derived, E2 for contributions to nothing.
"""

from collections.abc import Container, Iterable
from typing import Final, TypeAlias

from ...ir.ast import Ast, Contribution, Derived, Expr, ModuleBlock, OptionDecl, ScenarioBlock
from ...ir.diagnostics import Code, Collector, Label
from ...ir.schema import KINDS
from ...ir.span import Span
from ...ir.spell import Speller
from .declarations import Declarations, MemberDecl, ModuleDecl, Offer
from .references import Key, qualified, uses

__all__ = ["conflict", "declare"]

PRECEDENCE: Final = {"default": 1, "plain": 2, "force": 3}


def declare(ast: Ast, collector: Collector, wanted: Container[str] | None = None) -> Declarations:
    """Merge the blocks of a program.

    Only errors in the `wanted` scenarios are reported; None means all.
    """
    blocks: dict[str, list[ModuleBlock]] = {}
    for block in ast.modules:
        blocks.setdefault(block.name, []).append(block)
    modules = {key: _merge(blocks[key], collector) for key in sorted(blocks)}
    scenarios = sorted({block.name for block in ast.scenarios})
    changes: dict[str, list[MemberDecl]] = {scenario: [] for scenario in scenarios}
    found = Declarations(modules, changes, Speller(modules))
    refused = _contribute(ast, found, collector)
    for scenario in ast.scenarios:
        own = collector if wanted is None or scenario.name in wanted else Collector()
        _contribute_in(scenario, found, refused, own)
    _report_refused(found, refused, collector)
    return found


def _merge(blocks: list[ModuleBlock], collector: Collector) -> ModuleDecl:
    """Make one module of all blocks of its name."""
    declared: dict[str, list[OptionDecl | Derived]] = {}
    for block in blocks:
        for member in block.members:
            if not isinstance(member, Contribution):
                declared.setdefault(member.name, []).append(member)
    first = min(blocks, key=lambda block: block.span)
    whole = all(block.whole for block in blocks)
    members = {label: _member(first.name, declared[label], collector) for label in sorted(declared)}
    return ModuleDecl(first.name, first.span, whole, members, Speller(members))


def _member(module: str, found: list[OptionDecl | Derived], collector: Collector) -> MemberDecl:
    """Make a member of its one declaration; report all where there are more."""
    first = found[0]
    option = first if isinstance(first, OptionDecl) else None
    member = MemberDecl((module, first.name), first.name, first.span, option, [])
    for one in found:
        expr = one.default if isinstance(one, OptionDecl) else one.value
        if expr is not None:
            member.offers.append(_own_offer(module, one, expr))
    if len(found) > 1:
        member.broken = True
        _declared_twice(member.key, found, collector)
    return member


def _own_offer(module: str, declared: OptionDecl | Derived, expr: Expr) -> Offer:
    """Make the offer that a declaration itself is."""
    found_uses = uses(expr, module)
    if isinstance(declared, OptionDecl):
        return Offer("option", "default", 0, module, module, expr, declared.span, found_uses)
    precedence = PRECEDENCE["plain"]
    return Offer("derived", "plain", precedence, module, module, expr, declared.span, found_uses)


def _declared_twice(key: Key, found: list[OptionDecl | Derived], collector: Collector) -> None:
    options = sum(isinstance(one, OptionDecl) for one in found)
    spans = [one.span for one in found]
    if not options:
        message = f"'{qualified(key)}' is defined {len(found)} times"
        conflict(collector, Code.E6, message, spans, "also defined here")
    elif options == len(found):
        message = f"option '{qualified(key)}' is declared {len(found)} times"
        conflict(collector, Code.E4, message, spans, "also declared here")
    else:
        message = f"'{qualified(key)}' is both an option and a derived member"
        conflict(collector, Code.E4, message, spans, "also declared here")


def conflict(
    collector: Collector, code: Code, message: str, spans: Iterable[Span], note: str
) -> None:
    """Report things that exclude each other: at the last one, with notes at the others."""
    *others, last = sorted(set(spans))
    notes = [Label(span, note) for span in others]
    collector.error(code, message, last, notes=notes, hint="remove one")


# Contributions -----------------------------------------------------------


Refused: TypeAlias = dict[Key, list[Contribution]]
"""Contributions to deriveds."""


def _contribute(ast: Ast, found: Declarations, collector: Collector) -> Refused:
    """File every contribution of a module under its target; return those to deriveds."""
    refused: Refused = {}
    for block in ast.modules:
        for entry in block.members:
            if not isinstance(entry, Contribution):
                continue
            if _is_path(entry, block.name, found):
                _report_path(entry, found.modules[block.name], collector)
                continue
            member = _aim(entry, found, refused, collector)
            if member:
                member.offers.append(_offer(entry, block.name, block.name))
    return refused


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


def _contribute_in(
    scenario: ScenarioBlock, found: Declarations, refused: Refused, collector: Collector
) -> None:
    """File the contributions of a scenario."""
    for entry in scenario.members:
        member = _aim(entry, found, refused, collector, f" (in scenario {scenario.name})")
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


def _aim(
    entry: Contribution,
    found: Declarations,
    refused: Refused,
    collector: Collector,
    suffix: str = "",
) -> MemberDecl | None:
    """Return the option that a contribution is for."""
    module = found.modules.get(entry.target)
    if module is None:
        hint = found.spelling.hint(entry.target)
        _mean(found, found.spelling.nearest(entry.target), entry.member)
        message = f"contribution to unknown module '{entry.target}'{suffix}"
        collector.error(Code.E2, message, entry.span, hint=hint)
        return None
    member = module.members.get(entry.member)
    if member is None:
        if module.whole:
            hint = module.spelling.hint(entry.member)
            hint = hint or f"declare it there: option {entry.member} : …"
            _mean(found, module.name, module.spelling.nearest(entry.member))
            message = f"contribution to unknown member '{entry.member}' of module '{module.name}'"
            collector.error(Code.E2, message + suffix, entry.span, hint=hint)
        return None
    if member.option is None and not member.broken:
        refused.setdefault(member.key, []).append(entry)
        return None
    return member


def _mean(found: Declarations, module: str | None, label: str | None) -> None:
    """Note which member a misspelt contribution was for, so that nobody calls that unfilled."""
    member = found.find((module, label)) if module and label else None
    if member:
        member.meant = True
