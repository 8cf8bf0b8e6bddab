"""The `Program` of what was evaluated.

In: `Settled` without poison, edges. Out: a `Program`; None where a member has no
value, because of an error or because a required option is filled by another
scenario only.
"""

from collections.abc import Mapping

from ...ir.program import Edge, Member, Module, Program
from ...ir.span import Source
from .declare import Declarations, MemberDecl
from .poison import POISON
from .settle import Settled

__all__ = ["assemble"]


def assemble(
    declarations: Declarations,
    settled: Settled,
    edges: Mapping[str, tuple[Edge, ...]],
    sources: tuple[Source, ...],
) -> Program | None:
    """Put modules and members in order, each with where its value came from."""
    if any(value is POISON for value in settled.values.values()):
        return None
    modules = [
        Module(
            module.name,
            module.kind,
            tuple([_member(member, settled) for member in module.members.values()]),
            edges[module.name],
            module.span,
        )
        for module in declarations.modules.values()
    ]
    return Program(settled.scenario, tuple(modules), (), (), sources)


def _member(member: MemberDecl, settled: Settled) -> Member:
    value = settled.values[member.key]
    standing = settled.standings[member.key]
    winner = standing.top[0].as_site()
    if len(standing.top) == 1 and not standing.below:
        return Member(member.name, value, member.span, winner, (), ())
    agreed = tuple([offer.as_site() for offer in standing.top[1:]])
    overridden = tuple([offer.as_site() for offer in standing.below])
    return Member(member.name, value, member.span, winner, agreed, overridden)
