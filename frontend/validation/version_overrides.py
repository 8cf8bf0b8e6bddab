"""Versions that are overridden while the source stays.

In: `Declarations` and `Evaluation` values. Out: nothing; reports E16 where a
contribution changes a package's `version` and nothing changes the hash of its
source: it would be the old source under the new version, or a download that
cannot match. Local sources have no hash, and a hash counts as changed when any
member that it reaches by references is set by a contribution.
"""

from collections.abc import Iterable, Iterator

from ...ir.ast import Expr, RecordLiteral, StrLiteral
from ...ir.diagnostics import Code, Collector, Label
from ...ir.span import Span
from ...ir.value import RecordValue, get, plain
from ..evaluation.members import Evaluation
from ..evaluation.poison import POISON
from ..symbols.declarations import Declarations, ModuleDecl, Offer
from ..symbols.references import Key, uses

__all__ = ["check_version_overrides"]

HASHES = ("hash", "rev", "perArch")
"""The fields of a source that say what its bytes are."""


def check_version_overrides(
    declarations: Declarations, evaluation: Evaluation, collector: Collector
) -> None:
    """Report E16 at each override of a version that its source does not follow."""
    for module in declarations.modules.values():
        override = _override(module, evaluation) if module.kind == "package" else None
        place = _hash_place(module, evaluation) if override is not None else None
        if override is None or place is None or _follows(module, evaluation):
            continue
        message = f"version of package '{module.name}' is overridden, the hash of its source is not"
        notes = [Label(place, "the source that does not follow")]
        hint = "set the hash to that of the new version's source"
        collector.error(Code.E16, message, override.span, notes=notes, hint=hint)


def _override(module: ModuleDecl, evaluation: Evaluation) -> Offer | None:
    """Return the contribution that gives a package another version than its own."""
    member = module.members.get("version")
    own = next((one for one in member.offers if one.origin == "option"), None) if member else None
    if member is None or own is None:
        return None
    top = evaluation.rankings[member.key].winning
    value = evaluation.values.get(member.key, POISON)
    if value is POISON or not top or top[0].origin != "contribution":
        return None
    same = isinstance(own.expr, StrLiteral) and own.expr.value == plain(value)
    return None if same else top[0]


def _hash_place(module: ModuleDecl, evaluation: Evaluation) -> Span | None:
    """Return where the hash of a package's source was written; None if it has none."""
    source = evaluation.values.get((module.name, "source"), POISON)
    if source is POISON or not isinstance(source, RecordValue):
        return None
    found = [get(source, label) for label in HASHES]
    return next((one.span for one in found if one is not None and one is not POISON), None)


def _follows(module: ModuleDecl, evaluation: Evaluation) -> bool:
    """Whether a contribution won for a member that the hash reaches."""
    member = module.members["source"]
    offers = evaluation.rankings[member.key].winning
    if any(offer.origin == "contribution" for offer in offers):
        return True
    waiting = [key for offer in offers for key in _keys(_hash_exprs(offer.expr), offer.home)]
    seen: set[Key] = set()
    while waiting:
        key = waiting.pop()
        ranking = evaluation.rankings.get(key)
        if key in seen or ranking is None:
            continue
        seen.add(key)
        if any(offer.origin == "contribution" for offer in ranking.winning):
            return True
        waiting.extend(use.key for use in evaluation.uses(key))
    return False


def _hash_exprs(source: Expr) -> Iterator[Expr]:
    """Yield the hash in a source that is written out, else all of the source."""
    if not isinstance(source, RecordLiteral):
        yield source
        return
    for field in source.fields:
        if field.label in HASHES:
            yield field.value


def _keys(exprs: Iterable[Expr], home: str) -> Iterator[Key]:
    return (use.key for expr in exprs for use in uses(expr, home))
