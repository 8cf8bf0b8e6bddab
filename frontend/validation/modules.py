"""Modules against the schema of their kind.

In: `Settled` values. Out: the pnames of the program; reports what schemas forbid,
and E15 for a pname that two packages have.
"""

from collections.abc import Collection, Container, Mapping

from ...ir.diagnostics import Code, Collector, Label
from ...ir.shape import RecordShape, Schema
from ...ir.span import Span
from ...ir.spell import Speller
from ...ir.value import RecordValue, get, plain
from ..evaluation.members import Settled
from ..evaluation.poison import POISON
from ..symbols.declarations import Declarations, MemberDecl, ModuleDecl
from ..symbols.references import Key
from .names import ModuleNames, Vocabulary, World, pnames
from .shapes import Shapes
from .use_site import UseSite

__all__ = ["check_kinds"]


def check_kinds(
    declarations: Declarations,
    schemas: Mapping[str, Schema],
    vocabulary: Vocabulary,
    used: Container[Key],
    settled: Settled,
    collector: Collector,
    *,
    read_whole: bool,
) -> dict[str, list[str]]:
    """Check every module that has a kind and whose values are new; return modules by pname."""
    found = pnames(declarations, settled.values)
    packages = [module.name for module in declarations.modules.values() if module.kind == "package"]
    world = World(
        vocabulary,
        declarations,
        used,
        settled.values,
        found,
        read_whole,
        Speller(found),
        Speller(packages),
    )
    _same_pnames(declarations, settled, found, collector)
    shapes = Shapes(collector)
    for name in _affected(declarations, schemas, settled):
        module = declarations.modules[name]
        shapes.names = ModuleNames(world, module, collector)
        _module(module, schemas[name], settled, shapes)
        if module.kind == "package" and "recipeArgs" not in module.members:
            _no_arguments(module, settled, shapes)
        if module.kind == "package":
            _check_policy(module, settled, collector)
    return found


def _affected(
    declarations: Declarations, schemas: Mapping[str, Schema], settled: Settled
) -> Collection[str]:
    """Return the modules to check: those with new values, all if a pname is new, all stacks."""
    if any(label == "pname" for _, label in settled.changed):
        return schemas.keys()
    changed = {module for module, _ in settled.changed}
    stacks = {name for name in schemas if declarations.modules[name].kind == "stack"}
    return sorted((changed | stacks) & schemas.keys())


def _module(module: ModuleDecl, schema: Schema, settled: Settled, shapes: Shapes) -> None:
    owner = f"{schema.name} '{module.name}'"
    for label, member in module.members.items():
        spec = schema.get(label)
        value = settled.values.get(member.key, POISON)
        if spec is not None and value is not POISON:
            shapes.check(spec.shape, value, _place(owner, label, member, settled))


def _place(owner: str, label: str, member: MemberDecl, settled: Settled) -> UseSite:
    offer = settled.standings[member.key].top[0]
    return UseSite(owner, label, offer.span, offer.expr.span)


def _no_arguments(module: ModuleDecl, settled: Settled, shapes: Shapes) -> None:
    """Check a package without `recipeArgs` as if it had written `{}`."""
    recipe = module.members.get("recipe")
    if recipe is None or settled.values.get(recipe.key, POISON) is POISON or not module.whole:
        return
    if any(member.slip for member in module.members.values()):
        return  # it may be recipeArgs that is misspelt
    place = _place("", "recipe", recipe, settled)
    nothing = RecordValue((), place.use)
    shapes.check(RecordShape(None), nothing, place)


def _check_policy(module: ModuleDecl, settled: Settled, collector: Collector) -> None:
    """Warn of a bootstrap policy that nothing obeys: `meta` may hold anything."""
    meta = settled.values.get((module.name, "meta"), POISON)
    policy = get(meta, "bootstrap_policy") if isinstance(meta, RecordValue) else None
    if policy is None or policy is POISON or plain(policy) == "source-only":
        return
    message = f"this 'bootstrap_policy' of package '{module.name}' means nothing"
    collector.warning(Code.E1, message, policy.span, hint='write "source-only", or nothing')


def _same_pnames(
    declarations: Declarations,
    settled: Settled,
    found: Mapping[str, list[str]],
    collector: Collector,
) -> None:
    for pname, names in found.items():
        if len(names) < 2:
            continue
        sites = sorted((_pname_span(declarations.modules[name], settled), name) for name in names)
        notes = [Label(span, f"also the pname of '{name}'") for span, name in sites[:-1]]
        span = sites[-1][0]
        message = (
            f"packages {', '.join(repr(str(name)) for name in names)} have one pname '{pname}'"
        )
        hint = "give each a pname of its own"
        collector.error(Code.E15, message, span, notes=notes, hint=hint)


def _pname_span(module: ModuleDecl, settled: Settled) -> Span:
    member = module.members.get("pname")
    return settled.standings[member.key].top[0].span if member else module.span
