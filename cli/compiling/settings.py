"""What besides the program decides what comes of it.

In: options. Out: one `Settings` for all of them.
"""

import functools
import os
from typing import TYPE_CHECKING, Any

import click

from ...ir.manifest import Manifest
from ...ir.names import BadName, ModuleName, SystemName
from ...ir.node import Frozen, frozen
from ...ir.package import Bootstrap
from .. import options
from .watch import watch

if TYPE_CHECKING:
    from ...passes.manager import Hook

__all__ = ["Settings", "this_system", "with_settings"]

SETTINGS = ("system", "bootstrap", "scenario", "one_stack", "verify_each")
WATCHING = ("print_after_all", "time_passes")


@frozen
class Settings(Frozen):
    """What besides the program decides the result, and who watches the passes.

    `one_stack` narrows bundles and plans to one stack, `against` is the manifest of
    what is deployed. `reached` names the modules that the command needs, whose
    packages the bootstrap mode may refuse; None: those that the wanted stage has.
    """

    system: str
    bootstrap: Bootstrap
    scenario: str | None = None
    one_stack: ModuleName | None = None
    against: Manifest | None = None
    reached: tuple[ModuleName, ...] | None = None
    verify_each: bool = False
    hook: "Hook | None" = None


def this_system() -> str:
    """Name the machine that builds happen on, as derivations do: `x86_64-linux`."""
    here = os.uname()
    return f"{here.machine}-{here.sysname.lower()}"


def _system_name(value: str) -> str:
    """Check the name of a system: `x86_64-linux`."""
    try:
        return SystemName(value)
    except BadName as problem:
        raise click.BadParameter(str(problem)) from None


OPTIONS = options.together(
    options.scenario,
    click.option(
        "--system",
        type=_system_name,
        metavar="SYSTEM",
        envvar="PUNIX_SYSTEM",
        default=this_system,
        help="Build for this system (default: this machine's).",
    ),
    click.option(
        "--bootstrap",
        type=click.Choice(["fast", "seeded", "source", "bootstrappable"]),
        envvar="PUNIX_BOOTSTRAP_MODE",
        default="seeded",
        show_default=True,
        help="Which seeds packages may start from.",
    ),
)


def with_settings(command: options.Function) -> options.Function:
    """`--scenario`, `--system`, `--bootstrap`: the command gets them as one `Settings`."""

    @functools.wraps(command)
    def call(**values: Any) -> Any:
        taken = {name: values.pop(name) for name in SETTINGS if name in values}
        flags = [values.pop(flag, False) for flag in WATCHING]
        return command(**values, settings=Settings(**taken, hook=watch(*flags)))

    return OPTIONS(call)
