"""What files say about the options of one command.

In: a command and its arguments. Out: click's `default_map` for it, so that the
command line and variables come before files, and files before an option's own
default. Only commands that have settings read a file, and only those that take a
program read that of its project.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from ...ir.diagnostics import Code, Collector
from .files import SETTINGS, Setting, merge, read_file

__all__ = ["HOMED", "default_map", "named_options", "settings_for", "user_file"]

PROJECT_FILE = "punix.toml"
PROGRAM = ("files", "file")
"""What commands call the program that they take."""

HOMED = ("deployments-root", "store-root")
"""What the variable PUNIX_HOME says too; variables come before files."""

KINDS = (
    (click.types.BoolParamType, "true or false", (bool,)),
    (click.types.IntParamType, "a whole number", (int,)),
    (click.types.FloatParamType, "a number", (int, float)),
    (click.ParamType, "a text", (str,)),
)
"""For each type of option what TOML has for it; the first that fits counts."""


def user_file() -> Path:
    """Return where the user's settings are."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "punix/config.toml"


def named_options(command: click.Command) -> dict[str, click.Option]:
    """Return the options of a command that are settings, by the names that files use."""
    options = [one for one in command.params if isinstance(one, click.Option)]
    named = {flag.removeprefix("--"): one for one in options for flag in one.opts}
    return {name: one for name, one in named.items() if name in SETTINGS}


def default_map(
    command: click.Command, args: Sequence[str], parent: click.Context
) -> dict[str, object]:
    """Return what files say about the options of a command, by parameter."""
    named = named_options(command)
    given = _parsed(command, args, parent) if named else None
    if given is None:
        return {}
    found = settings_for(command, given)
    return {str(named[name].name): one.value for name, one in found.items() if name in named}


def _parsed(
    command: click.Command, args: Sequence[str], parent: click.Context
) -> Mapping[str, object] | None:
    """Return the raw arguments; None if the command will only show its help, or an error."""
    context = click.Context(command, parent=parent)
    try:
        given = command.make_parser(context).parse_args(list(args))[0]
    except click.UsageError:
        return None
    help_option = command.get_help_option(context)
    return None if help_option and given.get(str(help_option.name)) else given


def settings_for(command: click.Command, given: Mapping[str, object]) -> dict[str, Setting]:
    """Return the settings for a command whose raw arguments are `given`.

    Raises ProgramError (E32) with everything that is wrong in the files.
    """
    found = Collector()
    named = named_options(command)
    user = read_file(user_file(), found)
    project = read_file(_project_file(command, given), found)
    merged = merge(user, project, found)
    settings = {name: _rooted(name, setting) for name, setting in merged.items()}
    for name, setting in settings.items():
        if name in named:
            _check(name, setting, named[name], found)
    found.raise_errors(file.source for file in (user, project) if file.source is not None)
    elsewhere = HOMED if os.environ.get("PUNIX_HOME") else ()
    return {name: setting for name, setting in settings.items() if name not in elsewhere}


def _project_file(command: click.Command, given: Mapping[str, object]) -> Path:
    """Return where a project's settings are: beside the first FILE, or here."""
    names = [str(one.name) for one in command.params if one.name in PROGRAM]
    if not names:
        return Path(os.devnull)
    value = given.get(names[0])
    first = value[0] if isinstance(value, list | tuple) and value else value
    program = Path(first) if isinstance(first, str) else Path()
    return (program if program.is_dir() else program.parent) / PROJECT_FILE


def _check(name: str, setting: Setting, option: click.Option, found: Collector) -> None:
    """Collect E32 for a value that its option does not take."""
    _, noun, kinds = next(row for row in KINDS if isinstance(option.type, row[0]))
    if type(setting.value) not in kinds:
        hint = "write it in quotes" if noun == "a text" else "write it without quotes"
        found.error(Code.E32, f"'{name}' takes {noun}", setting.span, hint=hint)
        return
    try:
        option.type.convert(setting.value, option, None)
    except click.BadParameter as problem:
        found.error(Code.E32, f"'{name}': {problem.message}", setting.span)


def _rooted(name: str, setting: Setting) -> Setting:
    """Take a folder as relative to the file that names it."""
    if not name.endswith("-root") or not isinstance(setting.value, str):
        return setting
    folder = Path(setting.span.file).parent / os.path.expanduser(setting.value)
    return Setting(str(folder), setting.span, setting.place)
