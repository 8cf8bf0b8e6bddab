"""Options that many commands share, and how a command gets several of them as one value.

In: arguments and environment. Out: checked values; a bad one is a usage error.
"""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import click
from click.core import ParameterSource

from ..ir.names import BadName, ModuleName, RootPath
from ..ir.node import Frozen, frozen
from .home_folder import home_folder
from .numbers import Number

__all__ = [
    "Decorator",
    "Function",
    "Roots",
    "any_stack",
    "deployments_root",
    "files",
    "gathered",
    "one_stack",
    "output_format",
    "program",
    "roots_as_given",
    "scenario",
    "stack",
    "store_root",
    "together",
    "transport_root",
    "vault",
    "wait",
    "watching",
    "with_roots",
]

Function: TypeAlias = Callable[..., Any]
Decorator: TypeAlias = Callable[[Function], Function]


def together(*options: Decorator) -> Decorator:
    """Return several options as one, in the order in which `--help` shows them."""

    def decorate(command: Function) -> Function:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def gathered(name: str, kind: type[Frozen], *options: Decorator) -> Decorator:
    """Give a command one value of a class, called `name`, in place of options.

    The options are those that the class has as fields.
    """

    def decorate(command: Function) -> Function:
        @functools.wraps(command)
        def call(**values: Any) -> Any:
            taken = {field: values.pop(field) for field in kind.__match_args__}
            return command(**values, **{name: kind(**taken)})

        return together(*options)(call)

    return decorate


def _home() -> tuple[Path, Path]:
    """Return the default roots of store and deployments."""
    chosen = os.environ.get("PUNIX_HOME")
    if chosen:
        return Path(chosen) / "store", Path(chosen) / "deployments"
    if os.getuid() == 0:  # PID 1 must find units before /var is mounted
        return Path("/var/lib/punix/store"), Path("/etc/punix/deployments")
    own = home_folder() / ".punix"
    return own / "store", own / "deployments"


def root_path(value: object) -> RootPath:
    """Make a folder of punix's own absolute and normalised; its name needs no escaping anywhere."""
    if value == "":
        raise click.BadParameter("'' names no folder")
    try:
        return RootPath(os.path.abspath(str(value)))
    except BadName as problem:
        raise click.BadParameter(str(problem)) from None


def stack_name(value: str) -> ModuleName:
    """Check the name of a stack; whether there is such a stack is found later."""
    if value.endswith(".pcl"):
        raise click.BadParameter(f"'{value}' is a program, not the name of a stack")
    try:
        return ModuleName(value)
    except BadName as problem:
        raise click.BadParameter(str(problem)) from None


# The roots ----------------------------------------------------------------

store_root = click.option(
    "--store-root",
    type=root_path,
    metavar="DIR",
    envvar=["PUNIX_STORE_ROOT", "PUNIX_STORE_DIR"],
    default=lambda: _home()[0],
    help="Where packages are kept (default: ~/.punix/store; root's: /var/lib/punix/store).",
)

deployments_root = click.option(
    "--deployments-root",
    type=root_path,
    metavar="DIR",
    envvar="PUNIX_DEPLOYMENTS_ROOT",
    default=lambda: _home()[1],
    help="Where generations are kept "
    "(default: ~/.punix/deployments; root's: /etc/punix/deployments).",
)

transport_root = click.option(
    "--transport-root",
    type=root_path,
    metavar="DIR",
    envvar="PUNIX_TRANSPORT_ROOT",
    help="Treat this folder as the root of the target.",
)


@frozen
class Roots(Frozen):
    """Where packages and generations are kept, and below which folder a target lies."""

    store_root: RootPath
    deployments_root: RootPath
    transport_root: RootPath | None


with_roots = gathered("roots", Roots, store_root, deployments_root, transport_root)
"""The options of all roots: the command gets one `Roots`."""


def roots_as_given() -> str:
    """Write the roots that the command line of this command named, for a command to type next."""
    context = click.get_current_context()
    words = ""
    for name in Roots.__match_args__:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            words += f" --{name.replace('_', '-')} {context.params[name]}"
    return words


# What a command is about --------------------------------------------------

files = click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
"""Program files as arguments; none means the current folder."""

program = click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(),
    default=(".",),
    help="The program (default: this folder).",
)
"""The program, for commands whose arguments are other things."""

stack = click.argument("stack", type=stack_name)
any_stack = click.argument("stack", type=stack_name, metavar="[STACK]", required=False)

one_stack = click.option(
    "--stack", "one_stack", type=stack_name, metavar="NAME", help="Only this stack (default: all)."
)

scenario = click.option(
    "--scenario", metavar="NAME", envvar="PUNIX_SCENARIO", help="Add a scenario's values."
)

# How it goes about it -----------------------------------------------------

wait = click.option(
    "--wait",
    type=Number(lambda seconds: seconds >= 0, "from 0 on"),
    metavar="SECONDS",
    envvar="PUNIX_WAIT",
    help="How long to wait for a lock (default: as long as it takes; 0: not at all).",
)

vault = click.option(
    "--vault",
    type=click.Path(exists=True, file_okay=False, readable=False, path_type=Path),
    metavar="DIR",
    envvar="PUNIX_VAULT",
    help="Where the vault of from_vault secrets was exported to: a file for each path.",
)

watching = together(
    click.option("--verify-each", is_flag=True, help="Check the stage before and after each pass."),
    click.option("--time-passes", is_flag=True, help="Show what each pass took, on stderr."),
    click.option(
        "--print-after-all", is_flag=True, help="Show the stage after each pass, on stderr."
    ),
)
"""How passes are watched; with `with_settings` the command gets it in its `Settings`."""


def output_format(*choices: str) -> Decorator:
    """`--format`, the first choice being the default."""
    return click.option(
        "--format", "style", type=click.Choice(choices), default=choices[0], show_default=True
    )
