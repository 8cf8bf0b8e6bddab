"""A click group that is built from the table and imports a command only to run it.

In: `table.COMMANDS`. Out: the command `punix`; help lists everything without
importing anything; an unknown command gets the nearest known one.
"""

import importlib
import re
from typing import Any

import click

from .. import __version__
from ..ir.spell import Speller
from .config.defaults import default_map
from .table import COMMANDS, GROUPS, SECTIONS, CommandEntry

__all__ = ["RECIPE_FILES", "LazyGroup", "load", "root"]

RECIPE_FILES = "punix.recipe_files"
"""Where the context keeps what `--recipe-file` names, for `recipe_files`."""


class LazyGroup(click.Group):
    """The commands of the table whose path begins with `prefix`."""

    def __init__(self, prefix: str, **settings: Any) -> None:
        super().__init__(invoke_without_command=True, callback=_help_without_command, **settings)
        self._entries = {
            entry.path.removeprefix(prefix): entry
            for entry in COMMANDS
            if entry.path.startswith(prefix)
        }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Name the commands and groups in the order of the table."""
        return list(dict.fromkeys(name.split(" ")[0] for name in self._entries))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002  # as above
        """Import and return one command; None if the table has none of this name."""
        entry = self._entries.get(name)
        if entry is not None:
            return load(entry)
        return LazyGroup(f"{name} ", name=name, help=GROUPS[name]) if name in GROUPS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name, or fail with the nearest one.

        Its context will have as defaults what files of settings say.
        """
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            meant = " or ".join(f"'{path}'" for path in self._nearest(name))
            ctx.fail(f"no command '{name}'" + (f"; did you mean {meant}?" if meant else ""))
        label, command, rest = super().resolve_command(ctx, args)
        if label is not None and command is not None and not isinstance(command, click.Group):
            ctx.default_map = {label: default_map(command, rest, ctx)}
        return label, command, rest

    def _nearest(self, name: str) -> list[str]:
        """Return the commands and groups that a wrong name may stand for, by their last word."""
        known: dict[str, list[str]] = {group: [group] for group in GROUPS}
        for path in self._entries:
            known.setdefault(path.split(" ")[-1], []).append(path)
        return known.get(name) or known.get(Speller(known).nearest(name) or "", [])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """Write the list of commands under their headings."""
        width = max(len(name) for name in self._entries)
        for section in SECTIONS:
            rows = [
                (name.ljust(width), entry.help)
                for name, entry in self._entries.items()
                if entry.section == section
            ]
            if rows:
                with formatter.section(section):
                    formatter.write_dl(rows)


@click.pass_context
def _help_without_command(ctx: click.Context) -> None:
    """Show the commands where none is named; that is an answer, not an error."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"punix {__version__}")
        ctx.exit()


def _keep_recipe_files(ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> None:
    ctx.meta[RECIPE_FILES] = given


def load(entry: CommandEntry) -> click.Command:
    """Import and return a command; each option without a variable gets `PUNIX_<COMMAND>_<NAME>`."""
    module, function = entry.code.split(":")
    command = getattr(importlib.import_module(f".{module}", __package__), function)
    assert isinstance(command, click.Command)
    for option in command.params:
        if isinstance(option, click.Option) and option.envvar is None:
            option.envvar = re.sub(r"\W+", "_", f"PUNIX {entry.path} {option.opts[0]}".upper())
    return command


def root() -> LazyGroup:
    """Return the command `punix`."""
    return LazyGroup(
        "",
        name="punix",
        help="Build packages and deploy stacks of services, atomically.",
        params=[
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_version,
                help="Show the version and exit.",
            ),
            click.Option(
                ["--recipe-file"],
                multiple=True,
                metavar="FILE=SHA256",
                envvar="PUNIX_RECIPE_FILES",
                expose_value=False,
                callback=_keep_recipe_files,
                help="Run this Python file, if it has this digest, and use its recipes.",
            ),
        ],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
