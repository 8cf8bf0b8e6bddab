"""The `Program` of what was evaluated.

In: modules, `Evaluation`, edges. Out: a `Program` of the modules; None where a member has no
value, because of an error or because a required option is filled by another
scenario only.
"""

from collections.abc import Iterable, Mapping

from ...ir.program import Edge, Member, Module, Program
from ...ir.span import Source
from ..evaluation.members import Evaluation
from ..evaluation.poison import POISON
from ..symbols.declarations import MemberDecl, ModuleDecl

__all__ = ["assemble"]


def assemble(
    declared: Iterable[ModuleDecl],
    evaluation: Evaluation,
    edges: Mapping[str, tuple[Edge, ...]],
    sources: tuple[Source, ...],
) -> Program | None:
    """Put modules and members in order, each with where its value came from."""
    declared = tuple(declared)
    keys = (member.key for module in declared for member in module.members.values())
    if any(evaluation.values[key] is POISON for key in keys):
        return None
    modules = [
        Module(
            module.name,
            module.kind,
            tuple([_member(member, evaluation) for member in module.members.values()]),
            edges[module.name],
            module.span,
        )
        for module in declared
    ]
    return Program(evaluation.scenario, tuple(modules), (), (), sources)


def _member(member: MemberDecl, evaluation: Evaluation) -> Member:
    value = evaluation.values[member.key]
    ranking = evaluation.rankings[member.key]
    winner = ranking.winning[0].as_site()
    if len(ranking.winning) == 1 and not ranking.overridden:
        return Member(member.name, value, member.span, winner, (), ())
    agreed = tuple([offer.as_site() for offer in ranking.winning[1:]])
    overridden = tuple([offer.as_site() for offer in ranking.overridden])
    return Member(member.name, value, member.span, winner, agreed, overridden)
