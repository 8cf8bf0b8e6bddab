"""One package module to a `Package`: its recipe run, its source and inputs found.

In: a module of kind package, and what surrounds it (system, recipes, source
digests, the other packages' names). Out: a `Package`.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import ModuleName, PackageName, VariableName, Version
from ..ir.node import Frozen, frozen
from ..ir.package import NoSource, Package
from ..ir.program import Module
from ..ir.recipe import BuildScript, Recipe, RecipeInput
from ..ir.span import Span
from ..ir.spell import did_you_mean
from ..ir.text import Secret, Text, Variable, outs
from ..ir.value import RecordValue
from .read import Fields, checked, every, misfit, text_of
from .seeds import is_source_only, seeds_of
from .sources import MEMBERS, Digests, read_source

__all__ = ["Surroundings", "empty_package", "lower_package", "pname_of"]


@frozen
class Surroundings(Frozen):
    """What a package is lowered among; `pnames` has every package of the program."""

    system: str
    recipes: Mapping[str, Recipe]
    digests: Digests
    pnames: Mapping[ModuleName, str]


def pname_of(module: Module, fields: Fields) -> str:
    """Return a package's `pname`: the module's name if it has none."""
    return fields.maybe("pname") or module.name


def lower_package(module: Module, fields: Fields, around: Surroundings) -> Package:
    """Lower one package; raises ProgramError where a value does not fit."""
    pname = checked(around.pnames[module.name], PackageName, fields.span_of("pname"))
    version = fields.name("version", Version)
    recipe = find_recipe(fields, around.recipes)
    sites = {edge.target: edge.span for edge in module.edges}
    made = recipe.make(
        RecipeInput(
            pname=pname,
            version=version,
            arguments=Fields(fields.record("recipeArgs"), recipe.arguments).complete(),
            dependencies={
                around.pnames[target]: target for target in sites if target in around.pnames
            },
            span=module.span,
            pnames=around.pnames.values(),
        )
    )
    environment = merge(made.environment, declared(fields.record("env")))
    for name in mentioned(BuildScript(made.script, environment)):
        sites.setdefault(name, module.span)
    inputs = tuple(sorted(sites))
    source, vendor = every(
        partial(read_source, module.name, fields, member, around.system, around.digests)
        for member in MEMBERS
    )
    return Package(
        module=module.name,
        pname=pname,
        version=version,
        recipe=recipe.name,
        recipe_version=recipe.version,
        script=made.script,
        environment=environment,
        source=source,
        vendor=vendor,
        inputs=inputs,
        network=fields.flag("network"),
        seeds=tuple(seeds_of(fields)),
        source_only=is_source_only(fields),
        span=module.span,
        input_spans=tuple(sites[name] for name in inputs),
    )


def empty_package(module: Module) -> Package:
    """Return what stands for a package that cannot be lowered."""
    return Package(
        module=module.name,
        pname=PackageName("empty"),
        version=Version("0"),
        recipe="",
        recipe_version=0,
        script=(),
        environment=(),
        source=NoSource(),
        vendor=NoSource(),
        inputs=(),
        network=False,
        span=module.span,
        input_spans=(),
    )


def find_recipe(fields: Fields, recipes: Mapping[str, Recipe]) -> Recipe:
    """Return the recipe that a package names, or raise E8."""
    name = fields.text("recipe")
    recipe = recipes.get(name)
    if recipe is None:
        hint = did_you_mean(name, recipes)
        span = fields.span_of("recipe")
        raise ProgramError([Diagnostic(Code.E8, f"unknown recipe '{name}'", span, hint=hint)])
    return recipe


def declared(env: RecordValue) -> Iterable[Variable]:
    """Yield what a package's `env` sets."""
    for field in env.fields:
        name = checked(field.label, VariableName, field.span)
        yield Variable(name, _public(text_of(field.value), field.value.span), field.value.span)


def _public(text: Text, span: Span) -> Text:
    if any(isinstance(part, Secret) for part in text):
        raise misfit("a secret cannot go into a build", span)
    return text


def merge(made: Iterable[Variable], own: Iterable[Variable]) -> tuple[Variable, ...]:
    """Join the recipe's environment and the package's; the package has the last word."""
    table = {variable.name: variable for variable in (*made, *own)}
    return tuple(table[name] for name in sorted(table))


def mentioned(build: BuildScript) -> Iterable[ModuleName]:
    """Yield the modules that a script and its environment mention as `Out`."""
    yield from outs(build.script)
    for variable in build.environment:
        yield from outs(variable.text)
