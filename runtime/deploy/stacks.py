"""Which stacks there are below a deployments root.

In: a target's files. Out: names; reads one folder, and of each stack whether it is one.
"""

from collections.abc import Iterator

from ...ir.names import BadName, ModuleName
from .transport import Transport

__all__ = ["as_stack", "stacks"]


def stacks(transport: Transport, deployments_root: str) -> Iterator[ModuleName]:
    """Yield the names of all stacks that were ever deployed there, sorted."""
    for name in transport.names(deployments_root):
        for stack in as_stack(name):
            found = transport.status(f"{deployments_root.rstrip('/')}/{stack}")
            if found is not None and found.kind == "folder":
                yield stack


def as_stack(name: str) -> Iterator[ModuleName]:
    """Yield a name if a stack may have it."""
    try:
        yield ModuleName(name)
    except BadName:
        return
