"""`punix check`: find every error in a program.

In: FILE arguments. Out: `ok`, or diagnostics: on stderr, with `--format` on stdout as JSON
or SARIF.
"""

import json

import click

from ... import __version__
from ...ir.diagnostics import to_tree
from ...ir.span import by_name
from .. import options
from ..console import report
from .everything import Found, find_everything
from .sarif import as_sarif

__all__ = ["check"]


@click.command()
@options.files
@options.scenario
@options.output_format("text", "json", "sarif")
def check(files: tuple[str, ...], scenario: str | None, style: str) -> int:
    """Find every error in a program, in the base and in each scenario.

    FILE is a program file or a folder of them; all together are one program.
    """
    found = find_everything(files or (".",), scenario)
    if style == "json":
        click.echo(_as_json(found))
        return int(found.failed)
    if style == "sarif":
        click.echo(json.dumps(as_sarif(found.diagnostics, found.sources, __version__), indent=2))
        return int(found.failed)
    report(found.diagnostics, found.sources, found.texts)
    if not found.failed:
        click.echo("ok")
    return int(found.failed)


def _as_json(found: Found) -> str:
    """Write diagnostics as a versioned document."""
    table = by_name(found.sources)
    rows = [to_tree(diagnostic, table) for diagnostic in found.diagnostics]
    return json.dumps({"version": 1, "ok": not found.failed, "diagnostics": rows}, indent=2)
