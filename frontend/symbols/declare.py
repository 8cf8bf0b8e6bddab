"""Which modules and members there are, and who offers a value for each.

In: an `Ast`. Out: `Declarations`: blocks of one name merged, and contributions filed by
`contributions`. Reports E4 and E6 for what is declared twice.
"""

from collections.abc import Container, Iterable

from ...ir.ast import Ast, Contribution, Derived, Expr, ModuleBlock, OptionDecl
from ...ir.diagnostics import Code, Collector, Label
from ...ir.span import Span
from ...ir.spell import Speller
from .contributions import file_contributions
from .declarations import PRECEDENCE, Declarations, MemberDecl, ModuleDecl, Offer
from .references import Key, qualified, uses

__all__ = ["conflict", "declare"]


def declare(ast: Ast, collector: Collector, wanted: Container[str] | None = None) -> Declarations:
    """Merge the blocks of a program.

    Only errors in the `wanted` scenarios are reported; None means all.
    """
    blocks: dict[str, list[ModuleBlock]] = {}
    for block in ast.modules:
        blocks.setdefault(block.name, []).append(block)
    modules = {key: _merge(blocks[key], collector) for key in sorted(blocks)}
    scenarios = sorted({block.name for block in ast.scenarios})
    found = Declarations(modules, {scenario: [] for scenario in scenarios}, Speller(modules))
    file_contributions(ast, found, collector, wanted)
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
