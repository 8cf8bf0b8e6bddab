"""`punix check`: find every error in a program."""

import json
from collections.abc import Sequence

import click

from ..ir.diagnostics import Diagnostic, ProgramError, to_tree
from ..ir.span import Source, by_name
from . import options
from .program import load_program

__all__ = ["check"]


@click.command()
@options.files
@options.scenario
@options.output_format("text", "json")
def check(files: tuple[str, ...], scenario: str | None, style: str) -> int:
    """Find every error in a program, in the base and in each scenario.

    FILE is a program file or a folder of them; all together are one program.
    """
    if style == "text":
        load_program(files or (".",), scenario, every_scenario=scenario is None)
        click.echo("ok")
        return 0
    try:
        load_program(files or (".",), scenario, every_scenario=scenario is None)
    except ProgramError as problem:
        click.echo(as_json(problem.diagnostics, problem.sources))
        return 1
    click.echo(as_json((), ()))
    return 0


def as_json(diagnostics: Sequence[Diagnostic], sources: Sequence[Source]) -> str:
    """Write diagnostics as a versioned document."""
    table = by_name(sources)
    found = [to_tree(diagnostic, table) for diagnostic in diagnostics]
    return json.dumps({"version": 1, "ok": not found, "diagnostics": found}, indent=2)
