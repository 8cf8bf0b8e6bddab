"""`punix whence`: from a deployed file back to the program that wrote it, offline.

In: a path on the target, perhaps a line. Out: stack, generation, and the place in
the program of the value that wrote the file or that line. The program itself is
not read.
"""

import re

import click

from ...ir.bundle import BundleFile
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.node import Frozen, frozen
from ...ir.span import by_name, locate
from ...runtime.deploy.records.owner import Owner
from ...runtime.deploy.staging.render import file_bytes
from ...runtime.deploy.target.layout import generation_name
from .. import options
from ..console import notice, write_json
from ..deployed import deployed_file

__all__ = ["whence"]


@frozen
class Written(Frozen):
    """A place in the program, and the line of the file that it wrote, as it was deployed.

    `column` is None where only the manifest knows.
    """

    file: str
    line: int
    column: int | None
    text: str | None


@click.command()
@click.argument("path", metavar="PATH[:LINE]")
@options.with_roots
@options.output_format("text", "json")
def whence(path: str, roots: options.Roots, style: str) -> None:
    """Say which line of which program wrote a deployed file.

    PATH is one as the target sees it, or the same below the transport root.
    """
    path, line = _parted(path)
    found = deployed_file(path, roots)
    written = _written(found, line)
    if found.changed:
        notice(f"warning: '{path}' is not as it was deployed")
    if style == "json":
        write_json(_document(found, line, written))
    else:
        click.echo(_as_text(found, line, written))


def _parted(path: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(.+):([0-9]{1,9})", path, re.DOTALL)
    return (match[1], int(match[2])) if match else (path, None)


def _written(found: Owner, line: int | None) -> Written:
    entry = _entry(found)
    if entry is None or found.bundle is None:
        if line is not None:
            notice(f"warning: {found.manifest.tree} does not say which line wrote which")
        file, _, number = found.file.source.rpartition(":")
        return Written(file, int(number), None, None)
    sources = by_name(found.bundle.sources)
    if line is None:
        place = locate(entry.span, sources)
        return Written(place.file, place.line, place.column, None)
    lines = _text_of(entry, found).split("\n")
    count = min(len(lines), len(entry.line_spans))
    if not 0 < line <= count:
        message = f"'{entry.path}' has {count} line(s); there is no {line}"
        raise ProgramError([Diagnostic(Code.E2, message)])
    place = locate(entry.line_spans[line - 1], sources)
    return Written(place.file, place.line, place.column, lines[line - 1])


def _text_of(entry: BundleFile, found: Owner) -> str:
    return file_bytes(entry, found.target, found.manifest.store_root).decode("utf-8", "replace")


def _entry(found: Owner) -> BundleFile | None:
    files = found.bundle.files if found.bundle else ()
    return next((entry for entry in files if entry.path == found.file.path), None)


def _as_text(found: Owner, line: int | None, written: Written) -> str:
    shown = f"{found.file.path}:{line}" if line is not None else found.file.path
    column = f":{written.column}" if written.column is not None else ""
    rows = [
        shown,
        f"  written by  {written.file}:{written.line}{column}",
        f"  stack       {found.manifest.stack}, {generation_name(found.manifest.generation)}",
    ]
    if found.manifest.tree != generation_name(found.manifest.generation):
        rows.append(f"  places      as for {found.manifest.tree}, whose content is the same")
    if written.text is not None:
        rows.append(f"  line        {written.text}")
    return "\n".join(rows)


def _document(found: Owner, line: int | None, written: Written) -> dict[str, object]:
    manifest = found.manifest
    return {
        "version": 1,
        "path": found.file.path,
        "line": line,
        "stack": manifest.stack,
        "generation": manifest.generation,
        "tree": manifest.tree,
        "scenario": manifest.scenario,
        "deployed_at": manifest.deployed_at,
        "changed": found.changed,
        "source": {"file": written.file, "line": written.line, "column": written.column},
        "text": written.text,
    }
