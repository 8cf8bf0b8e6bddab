"""One package module to a `Package`: its recipe run, its source and inputs found.

In: a module of kind package, and what surrounds it (system, recipes, source
digests, the other packages' names). Out: a `Package`.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from ...ir.dependencies import Dependencies, dependency_variable
from ...ir.diagnostics import Code, Collector, Diagnostic, ProgramError
from ...ir.names import ModuleName, PackageName, VariableName, Version
from ...ir.node import Frozen, frozen
from ...ir.package import NoSource, Package, PackageSource
from ...ir.program import Module
from ...ir.recipe import BuildScript, Recipe, RecipeInput
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ...ir.text import Secret, Variable, join, outs
from ...ir.value import Field, RecordValue
from .read import Fields, both, checked, every, misfit, text_of
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
    given = RecipeInput(
        pname=pname,
        version=version,
        arguments=Fields(fields.record("recipeArgs"), recipe.arguments).complete(),
        dependencies={around.pnames[name]: name for name in sites if name in around.pnames},
        span=module.span,
        pnames=around.pnames.values(),
    )
    build, (source, vendor) = both(
        lambda: run_recipe(recipe, given, fields.record("env")),
        lambda: sources_of(module.name, fields, around),
    )
    for name in mentioned(build):
        sites.setdefault(name, module.span)
    check_variables({around.pnames[name]: sites[name] for name in sites if name in around.pnames})
    inputs = tuple(sorted(sites))
    return Package(
        module=module.name,
        pname=pname,
        version=version,
        recipe=recipe.name,
        recipe_version=recipe.version,
        script=build.script,
        environment=build.environment,
        source=source,
        vendor=vendor,
        inputs=inputs,
        network=fields.flag("network"),
        seeds=tuple(seeds_of(fields)),
        source_only=is_source_only(fields),
        span=module.span,
        input_spans=tuple(sites[name] for name in inputs),
    )


def check_variables(sites: Mapping[str, Span]) -> None:
    """Raise E15 for dependencies, by pname, that a build would have in one variable."""
    found: dict[str, str] = {}
    for pname in sorted(sites):
        variable = dependency_variable(pname)
        other = found.setdefault(variable, pname)
        if other != pname:
            message = f"dependencies '{other}' and '{pname}' are both {variable} in a build"
            hint = "give one of them another pname"
            raise ProgramError([Diagnostic(Code.E15, message, sites[pname], hint=hint)])


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


def run_recipe(recipe: Recipe, given: RecipeInput, env: RecordValue) -> BuildScript:
    """Return what a recipe makes, with what the package's `env` sets, which has the last word."""
    made, own = both(lambda: recipe.make(given), lambda: declared(env, given))
    table = {variable.name: variable for variable in (*made.environment, *own)}
    return BuildScript(made.script, tuple(table[name] for name in sorted(table)))


def sources_of(name: ModuleName, fields: Fields, around: Surroundings) -> tuple[PackageSource, ...]:
    """Return the source and the vendored source of a package."""
    return every(
        partial(read_source, name, fields, member, around.system, around.digests)
        for member in MEMBERS
    )


def declared(env: RecordValue, given: RecipeInput) -> tuple[Variable, ...]:
    """Return what a package's `env` sets; raises ProgramError with all that does not fit."""
    dependencies = Dependencies(given.dependencies, given.pnames)
    return every(partial(_variable, field, dependencies) for field in env.fields)


def _variable(field: Field, dependencies: Dependencies) -> Variable:
    name, span = checked(field.label, VariableName, field.span), field.value.span
    text = text_of(field.value)
    if any(isinstance(part, Secret) for part in text):
        raise misfit("a secret cannot go into a build", span)
    found = Collector()
    filled = join(dependencies.filled(text, span, found))
    found.raise_errors()
    return Variable(name, filled, span)


def mentioned(build: BuildScript) -> Iterable[ModuleName]:
    """Yield the modules that a script and its environment mention as `Out`."""
    yield from outs(build.script)
    for variable in build.environment:
        yield from outs(variable.text)
