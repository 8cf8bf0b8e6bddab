"""Options that many commands share, and the defaults of the roots.

In: arguments and environment. Out: checked values; a bad one is a usage error.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from ..ir.names import BadName, ModuleName, RootPath
from ..ir.node import Frozen
from .numbers import Number

__all__ = [
    "any_stack",
    "deployments_root",
    "files",
    "one_stack",
    "output_format",
    "program",
    "roots",
    "roots_as_given",
    "scenario",
    "stack",
    "store_root",
    "taken",
    "transport_root",
    "vault",
    "wait",
    "watching",
]

F = TypeVar("F", bound=Callable[..., Any])
Chosen = TypeVar("Chosen", bound=Frozen)


def taken(values: dict[str, Any], kind: type[Chosen]) -> Chosen:
    """Take out of the values of a command's options those that a class has as fields."""
    return kind(**{name: values.pop(name) for name in kind.__match_args__})


def _home() -> tuple[Path, Path]:
    """Return the default roots of store and deployments."""
    chosen = os.environ.get("PUNIX_HOME")
    if chosen:
        return Path(chosen) / "store", Path(chosen) / "deployments"
    if os.getuid() == 0:  # PID 1 must find units before /var is mounted
        return Path("/var/lib/punix/store"), Path("/etc/punix/deployments")
    return Path.home() / ".punix/store", Path.home() / ".punix/deployments"


def root_path(value: object) -> RootPath:
    """Make a folder of punix's own absolute and normalised; its name needs no escaping anywhere."""
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


def store_root(command: F) -> F:
    """`--store-root`."""
    return click.option(
        "--store-root",
        type=root_path,
        metavar="DIR",
        envvar=["PUNIX_STORE_ROOT", "PUNIX_STORE_DIR"],
        default=lambda: _home()[0],
        help="Where packages are kept (default: ~/.punix/store; root's: /var/lib/punix/store).",
    )(command)


def deployments_root(command: F) -> F:
    """`--deployments-root`."""
    return click.option(
        "--deployments-root",
        type=root_path,
        metavar="DIR",
        envvar="PUNIX_DEPLOYMENTS_ROOT",
        default=lambda: _home()[1],
        help="Where generations are kept "
        "(default: ~/.punix/deployments; root's: /etc/punix/deployments).",
    )(command)


def transport_root(command: F) -> F:
    """`--transport-root`."""
    return click.option(
        "--transport-root",
        type=root_path,
        metavar="DIR",
        envvar="PUNIX_TRANSPORT_ROOT",
        help="Treat this folder as the root of the target.",
    )(command)


def roots(command: F) -> F:
    """`--store-root --deployments-root --transport-root`, as every `service` command has them."""
    return store_root(deployments_root(transport_root(command)))


def roots_as_given() -> str:
    """Write the roots that the command line of this command named, for a command to type next."""
    context = click.get_current_context()
    words = ""
    for name in ("store_root", "deployments_root", "transport_root"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            words += f" --{name.replace('_', '-')} {context.params[name]}"
    return words


def wait(command: F) -> F:
    """`--wait`."""
    return click.option(
        "--wait",
        type=Number(min=0),
        metavar="SECONDS",
        envvar="PUNIX_WAIT",
        help="How long to wait for a lock (default: as long as it takes; 0: not at all).",
    )(command)


def vault(command: F) -> F:
    """`--vault`."""
    return click.option(
        "--vault",
        type=click.Path(exists=True, file_okay=False, readable=False, path_type=Path),
        metavar="DIR",
        envvar="PUNIX_VAULT",
        help="Where the vault of from_vault secrets was exported to: a file for each path.",
    )(command)


def scenario(command: F) -> F:
    """`--scenario`."""
    return click.option(
        "--scenario", metavar="NAME", envvar="PUNIX_SCENARIO", help="Add a scenario's values."
    )(command)


def one_stack(command: F) -> F:
    """`--stack`; a part of `settings`, which stands below it."""
    return click.option(
        "--stack",
        "one_stack",
        type=stack_name,
        metavar="NAME",
        help="Only this stack (default: all).",
    )(command)


def watching(command: F) -> F:
    """`--verify-each`, `--time-passes`, `--print-after-all`; parts of `settings` too."""
    for flag, text in (
        ("--print-after-all", "Show the stage after each pass, on stderr."),
        ("--time-passes", "Show what each pass took, on stderr."),
    ):
        command = click.option(flag, is_flag=True, help=text)(command)
    return click.option(
        "--verify-each", is_flag=True, help="Check the stage before and after each pass."
    )(command)


def output_format(*choices: str) -> Callable[[F], F]:
    """`--format`, the first choice being the default."""
    return click.option(
        "--format", "style", type=click.Choice(choices), default=choices[0], show_default=True
    )


def files(command: F) -> F:
    """Program files as arguments; none means the current folder."""
    return click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")(command)


def program(command: F) -> F:
    """`--file`, for commands whose arguments are other things."""
    return click.option(
        "--file",
        "files",
        multiple=True,
        type=click.Path(),
        default=(".",),
        help="The program (default: this folder).",
    )(command)


def stack(command: F) -> F:
    """The stack as first argument."""
    return click.argument("stack", type=stack_name)(command)


def any_stack(command: F) -> F:
    """The stack as first argument; none means all."""
    return click.argument("stack", type=stack_name, metavar="[STACK]", required=False)(command)
