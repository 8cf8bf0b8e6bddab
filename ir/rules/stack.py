"""What is legal in a stack, in whichever stage it stands.

In: its path, the stack, and the packages that there are. Out: the problems found.
"""

from collections.abc import Iterator

from ..names import ModuleName
from ..stack import Stack
from .rule import Problem, known, rising, unique

__all__ = ["stack_rules"]


def stack_rules(path: str, stack: Stack, packages: set[ModuleName]) -> Iterator[Problem]:
    """Pins and services name packages; service names are unique, files in order."""
    yield from rising(f"{path}.pins", stack.pins)
    yield from known(f"{path}.pins", stack.pins, packages, "package")
    services = [service.name for service in stack.services]
    yield from unique(f"{path}.services", services)
    yield from known(
        f"{path}.services", [one.package for one in stack.services], packages, "package"
    )
    yield from rising(f"{path}.config_files", [file.path for file in stack.config_files])
    names = set(services)
    for at, service in enumerate(stack.services):
        here = f"{path}.services[{at}]"
        yield from known(f"{here}.depends_on", service.depends_on, names, "service")
        yield from rising(f"{here}.environment", [one.name for one in service.environment])
        yield from rising(f"{here}.directives", [one.name for one in service.directives])
