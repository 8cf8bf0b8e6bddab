"""Options on what a build may take.

In: arguments and environment. Out: one `Limits` for the command; by default only logs have one.
"""

import functools
from typing import Any

import click

from ...runtime.building.request import Limits
from .. import options
from ..numbers import Number, WholeNumber, parse_size

__all__ = ["with_limits"]


def _size(text: str) -> int:
    size = parse_size(text)
    if size == 0:
        raise click.BadParameter("0 would let no build begin")
    return size


SECONDS = Number(lambda seconds: seconds > 0, "above 0")
COUNT = WholeNumber(1)
OPTIONS = (
    ("--timeout", "PUNIX_TIMEOUT", "SECONDS", SECONDS, "Stop a build that takes longer."),
    ("--max-log", "PUNIX_MAX_LOG", "SIZE", _size, "Stop one that prints more (default: 64M)."),
    (
        "--max-memory",
        "PUNIX_MAX_MEMORY",
        "SIZE",
        _size,
        "Stop one that takes more, such as 512M.",
    ),
    (
        "--max-processes",
        "PUNIX_MAX_PROCESSES",
        "N",
        COUNT,
        "Stop one that runs more at a time.",
    ),
    (
        "--max-output",
        "PUNIX_MAX_OUTPUT",
        "SIZE",
        _size,
        "Stop one that writes more, such as 2G.",
    ),
)
"""Flag, variable, metavar, type and help of each."""


def with_limits(command: options.Function) -> options.Function:
    """`--timeout --max-memory --max-processes --max-output --max-log`: in one `Limits`."""

    @functools.wraps(command)
    def call(**values: Any) -> Any:
        limits = Limits(
            seconds=values.pop("timeout"),
            memory=values.pop("max_memory"),
            processes=values.pop("max_processes"),
            output=values.pop("max_output"),
            log=values.pop("max_log"),
        )
        return command(**values, limits=limits)

    made = (
        click.option(
            flag,
            envvar=variable,
            metavar=metavar,
            type=kind,
            default=Limits().log if flag == "--max-log" else None,
            help=text,
        )
        for flag, variable, metavar, kind, text in OPTIONS
    )
    return options.together(*made)(call)
