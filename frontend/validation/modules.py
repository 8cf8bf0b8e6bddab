"""Modules against the schema of their kind.

In: an `Evaluation`, the schema of each module, and what names mean (`ProgramScope`).
Out: nothing; reports what schemas forbid, and E15 for a pname that two packages have.
"""

from collections.abc import Collection, Mapping

from ...ir.diagnostics import Code, Collector, Label
from ...ir.schema.shape import RecordShape, Schema
from ...ir.span import Span
from ...ir.value import RecordValue, get, plain
from ..evaluation.members import Evaluation
from ..evaluation.poison import POISON
from ..symbols.declarations import Declarations, MemberDecl, ModuleDecl
from .names import ModuleScope, ProgramScope
from .shapes import ShapeChecker
from .use_site import UseSite

__all__ = ["check_modules"]


def check_modules(
    scope: ProgramScope, schemas: Mapping[str, Schema], evaluation: Evaluation, collector: Collector
) -> None:
    """Check every module that has a kind and whose values are new."""
    declarations = scope.declarations
    _same_pnames(declarations, evaluation, scope.pnames, collector)
    for name in _affected(declarations, schemas, evaluation):
        module = declarations.modules[name]
        shapes = ShapeChecker(ModuleScope(scope, module, collector), collector)
        _check_members(module, schemas[name], evaluation, shapes)
        if module.kind == "package":
            _check_absent_arguments(module, evaluation, shapes)
            _check_policy(module, evaluation, collector)


def _affected(
    declarations: Declarations, schemas: Mapping[str, Schema], evaluation: Evaluation
) -> Collection[str]:
    """Return the modules to check: those with new values, all if a pname is new, all stacks."""
    if any(label == "pname" for _, label in evaluation.changed):
        return schemas.keys()
    changed = {module for module, _ in evaluation.changed}
    stacks = {name for name in schemas if declarations.modules[name].kind == "stack"}
    return sorted((changed | stacks) & schemas.keys())


def _check_members(
    module: ModuleDecl, schema: Schema, evaluation: Evaluation, shapes: ShapeChecker
) -> None:
    owner = f"{schema.name} '{module.name}'"
    for label, member in module.members.items():
        spec = schema.get(label)
        value = evaluation.values.get(member.key, POISON)
        if spec is not None and value is not POISON:
            shapes.check(spec.shape, value, _place(owner, label, member, evaluation))


def _place(owner: str, label: str, member: MemberDecl, evaluation: Evaluation) -> UseSite:
    offer = evaluation.rankings[member.key].winning[0]
    return UseSite(owner, label, offer.span, offer.expr.span)


def _check_absent_arguments(
    module: ModuleDecl, evaluation: Evaluation, shapes: ShapeChecker
) -> None:
    """Check a package without `recipeArgs` as if it had written `{}`."""
    recipe = module.members.get("recipe")
    if recipe is None or "recipeArgs" in module.members or not module.whole:
        return
    if evaluation.values.get(recipe.key, POISON) is POISON:
        return
    if any(member.is_slip for member in module.members.values()):
        return  # it may be recipeArgs that is misspelt
    place = _place("", "recipe", recipe, evaluation)
    nothing = RecordValue((), place.use)
    shapes.check(RecordShape(None), nothing, place)


def _check_policy(module: ModuleDecl, evaluation: Evaluation, collector: Collector) -> None:
    """Warn of a bootstrap policy that nothing obeys: `meta` may hold anything."""
    meta = evaluation.values.get((module.name, "meta"), POISON)
    policy = get(meta, "bootstrap_policy") if isinstance(meta, RecordValue) else None
    if policy is None or policy is POISON or plain(policy) == "source-only":
        return
    message = f"this 'bootstrap_policy' of package '{module.name}' means nothing"
    collector.warning(Code.E1, message, policy.span, hint='write "source-only", or nothing')


def _same_pnames(
    declarations: Declarations,
    evaluation: Evaluation,
    found: Mapping[str, list[str]],
    collector: Collector,
) -> None:
    for pname, names in found.items():
        if len(names) < 2:
            continue
        sites = sorted(
            (_pname_span(declarations.modules[name], evaluation), name) for name in names
        )
        notes = [Label(span, f"also the pname of '{name}'") for span, name in sites[:-1]]
        span = sites[-1][0]
        message = (
            f"packages {', '.join(repr(str(name)) for name in names)} have one pname '{pname}'"
        )
        hint = "give each a pname of its own"
        collector.error(Code.E15, message, span, notes=notes, hint=hint)


def _pname_span(module: ModuleDecl, evaluation: Evaluation) -> Span:
    member = module.members.get("pname")
    return evaluation.rankings[member.key].winning[0].span if member else module.span
