"""`punix config`: each setting, its value, and where that comes from.

In: options, variables, files. Out: a line for each setting. The command has the
settings of all others as its options, so click finds their values as it would there.
"""

import json
import os
from collections.abc import Iterator, Sequence

import click
from click.core import ParameterSource

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ..group import load
from ..table import COMMANDS
from .defaults import HOMED, named_options, settings_for, user_file

__all__ = ["config"]

Row = tuple[str, object, str, str | None]
"""Name, value, kind of origin, and the variable or the line that it comes from."""


def _options() -> dict[str, click.Option]:
    """Return the settings of all other commands by name."""
    found: dict[str, click.Option] = {}
    for entry in COMMANDS:
        if entry.path != "config":
            found |= named_options(load(entry))
    return dict(sorted(found.items()))


@click.pass_context
def _show(context: click.Context, /, files: tuple[str, ...], style: str, **values: object) -> None:
    """Show each setting and where its value comes from.

    FILE is a program; beside it, or else in the current folder, punix.toml is looked for.
    """
    del values  # the context has them too, with their origins
    _check_there(files)
    rows = list(_rows(context, files))
    if style == "json":
        names = ("name", "value", "from", "place")
        settings = [dict(zip(names, row, strict=True)) for row in rows]
        document = {"version": 1, "user": str(user_file()), "settings": settings}
        click.echo(json.dumps(document, indent=2))
        return
    for name, value, kind, place in rows:
        click.echo(f"{name:18} {_shown(value):40} {place or kind}")


def _check_there(files: Sequence[str]) -> None:
    """Raise ProgramError (E29) for programs that are not there: no settings stand beside them."""
    hint = "FILE is a program; without one, all settings are shown"
    missing = [
        Diagnostic(Code.E29, f"cannot read '{name}': No such file or directory", hint=hint)
        for name in files
        if not os.path.exists(name)
    ]
    if missing:
        raise ProgramError(missing)


def _rows(context: click.Context, files: tuple[str, ...]) -> Iterator[Row]:
    in_files = settings_for(context.command, {"files": files})
    for name, option in named_options(context.command).items():
        value = context.params[str(option.name)]
        source = context.get_parameter_source(str(option.name))
        if source is ParameterSource.COMMANDLINE:
            yield name, value, "flag", f"--{name}"
        elif source is ParameterSource.ENVIRONMENT:
            yield name, value, "environment", _variable(option)
        elif source is ParameterSource.DEFAULT_MAP:
            yield name, value, "file", in_files[name].place
        elif name in HOMED and os.environ.get("PUNIX_HOME"):
            yield name, value, "environment", "PUNIX_HOME"
        else:
            yield name, value, "default", None


def _variable(option: click.Option) -> str:
    """Return the variable that a value came from."""
    names = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
    return next(name for name in names if os.environ.get(name))


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


config = click.Command(
    "config",
    params=[
        click.Argument(["files"], nargs=-1, type=click.Path(), metavar="[FILE]..."),
        *_options().values(),
        click.Option(["--format", "style"], type=click.Choice(["text", "json"]), default="text"),
    ],
    callback=_show,
    help=_show.__doc__,
)
