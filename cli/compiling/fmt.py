"""`punix fmt`: lay program files out.

In: FILE arguments, or `-` for standard input. Out: the files written anew, or with
`--check` the names of those that would be.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ...frontend.fmt.fmt import format_file
from ...frontend.syntax.load import load
from ...ir.diagnostics import Collector
from ...ir.span import Source
from ...runtime.files.fs import rewrite_file
from .. import options
from ..console import report, report_os_error

__all__ = ["fmt"]

STDIN = "<stdin>"


@click.command()
@options.files
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def fmt(files: tuple[str, ...], check: bool, diff: bool) -> int:
    """Lay files out, and name those that changed; what they mean stays.

    FILE is a program file or a folder of them; `-` alone reads standard input and
    writes to standard output. A file with an E0 stays as it is.
    """
    found = Collector()
    changed = failed = False
    sources: list[Source] = []
    texts: dict[str, str] = {}
    for name, data in _read(files, found):
        source, texts[name], after = format_file(name, data, found)
        sources.append(source)
        if after is not None:
            changed |= after.encode() != data
            failed |= not _deliver(name, data, after.encode(), check=check, diff=diff)
    report(found.sorted(), sources, texts)
    return int(found.failed or failed or (check and changed))


def _read(files: tuple[str, ...], found: Collector) -> list[tuple[str, bytes]]:
    if "-" not in files:
        return load(files or (".",), found)
    if len(files) > 1:
        raise click.UsageError("'-' stands alone: standard input goes to standard output")
    return [(STDIN, sys.stdin.buffer.read())]


def _deliver(name: str, before: bytes, after: bytes, *, check: bool, diff: bool) -> bool:
    """Do with one result what was asked for; return whether it could be done."""
    if name == STDIN and not check and not diff:
        click.echo(after, nl=False)
    elif before != after:
        if not check and not diff:
            try:
                rewrite_file(Path(name), before, after)
            except OSError as problem:
                report_os_error(problem)
                return False
        click.echo("".join(_unified(name, before, after)).encode() if diff else name, nl=not diff)
    return True


def _unified(name: str, before: bytes, after: bytes) -> Iterator[str]:
    """Yield the lines of a patch."""
    import difflib  # only --diff needs it

    pair = [one.decode().split("\n") for one in (before, after)]
    lines = [[*(f"{line}\n" for line in rows[:-1]), *filter(None, rows[-1:])] for rows in pair]
    for line in difflib.unified_diff(lines[0], lines[1], name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
