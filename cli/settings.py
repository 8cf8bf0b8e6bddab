"""What besides the program decides what comes of it.

In: options. Out: one `Settings` for all of them.
"""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..ir.manifest import Manifest
from ..ir.names import ModuleName
from ..ir.node import Frozen, frozen
from ..ir.package import Bootstrap
from . import options
from .watch import watch

if TYPE_CHECKING:
    from ..passes.manager import Hook

__all__ = ["Settings", "with_settings"]

SETTINGS = ("system", "bootstrap", "scenario", "one_stack", "verify_each")
WATCHING = ("print_after_all", "time_passes")

Command = TypeVar("Command", bound=Callable[..., Any])


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


def with_settings(command: Command) -> Command:
    """`--scenario`, `--system`, `--bootstrap`: the command gets them as one `Settings`."""

    @functools.wraps(command)
    def call(**values: Any) -> Any:
        taken = {name: values.pop(name) for name in SETTINGS if name in values}
        flags = [values.pop(flag, False) for flag in WATCHING]
        return command(**values, settings=Settings(**taken, hook=watch(*flags)))

    return options.scenario(options.system(options.bootstrap(cast(Command, call))))
