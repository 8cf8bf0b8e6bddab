"""Pass `address`: packages named by what they are made from.

In: `Lowered` without rings. Out: a `DerivationGraph`: each package's store name is
computed after those of its inputs, and every `Out(module)` in a script, an
environment, a service or a file becomes `StorePath(name)`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from ..ir.derivation import Derivation, DerivationGraph, PackageRef, store_name
from ..ir.graph import topological
from ..ir.health import ExecCheck, Health
from ..ir.names import ModuleName
from ..ir.node import Frozen, frozen
from ..ir.package import Lowered, Package
from ..ir.stack import ConfigFile, Directive, Service, Stack
from ..ir.text import Out, StorePath, Text, Variable
from .cycles import Cycles

__all__ = ["Address"]

Paths = Mapping[ModuleName, StorePath]


@frozen
class Address(Frozen):
    """Give each package its store name: a digest of its build and of its inputs' names."""

    name: ClassVar[str] = "address"
    src: ClassVar[str] = "lowered"
    dst: ClassVar[str] = "derivation"

    def run(self, lowered: Lowered) -> DerivationGraph:
        """Return the graph; raises ProgramError (E7) if packages need each other in a ring."""
        packages = {package.module: package for package in lowered.packages}
        order = topological({name: package.inputs for name, package in packages.items()})
        if len(order) < len(packages):
            Cycles().run(lowered)
        paths: dict[ModuleName, StorePath] = {}
        derivations: list[Derivation] = []
        for module in order:
            derivation = derive(packages[module], lowered.system, paths)
            paths[module] = StorePath(derivation.name)
            derivations.append(derivation)
        return DerivationGraph(
            lowered.system,
            lowered.bootstrap,
            lowered.scenario,
            lowered.program,
            tuple(sorted(derivations, key=lambda found: (found.name, found.module))),
            tuple(PackageRef(module, paths[module].name) for module in sorted(paths)),
            tuple(_stack(stack, paths) for stack in lowered.stacks),
            lowered.sources,
        )


def derive(package: Package, system: str, paths: Paths) -> Derivation:
    """Name one package, whose inputs have their names."""
    script = located(package.script, paths)
    environment = _variables(package.environment, paths)
    inputs = tuple(sorted({paths[module].name for module in package.inputs}))
    name = store_name(
        package.pname,
        package.version,
        system,
        package.recipe,
        package.recipe_version,
        script,
        environment,
        package.source,
        package.vendor,
        inputs,
        package.network,
        package.source_only,
    )
    return Derivation(
        name,
        package.module,
        package.pname,
        package.version,
        system,
        package.recipe,
        package.recipe_version,
        script,
        environment,
        package.source,
        package.vendor,
        inputs,
        package.network,
        package.span,
        package.source_only,
    )


def located(text: Text, paths: Paths) -> Text:
    """Replace each `Out` of a text by the store path that it stands for."""
    return tuple([paths[part.module] if type(part) is Out else part for part in text])


def _variables(variables: tuple[Variable, ...], paths: Paths) -> tuple[Variable, ...]:
    return tuple([Variable(one.name, located(one.text, paths), one.span) for one in variables])


def _stack(stack: Stack, paths: Paths) -> Stack:
    return replace(
        stack,
        services=tuple(_service(service, paths) for service in stack.services),
        config_files=tuple(_file(file, paths) for file in stack.config_files),
    )


def _service(service: Service, paths: Paths) -> Service:
    return replace(
        service,
        executable=located(service.executable, paths),
        arguments=tuple(located(text, paths) for text in service.arguments),
        environment=_variables(service.environment, paths),
        directives=tuple(
            Directive(one.name, located(one.text, paths), one.span) for one in service.directives
        ),
        health=_health(service.health, paths) if service.health else None,
    )


def _health(health: Health, paths: Paths) -> Health:
    if not isinstance(health.check, ExecCheck):
        return health
    words = tuple(located(text, paths) for text in health.check.words)
    return replace(health, check=ExecCheck(words))


def _file(file: ConfigFile, paths: Paths) -> ConfigFile:
    return replace(file, text=located(file.text, paths))
