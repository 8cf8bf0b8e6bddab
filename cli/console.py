"""How commands talk: facts on stdout, everything else on stderr.

In: diagnostics and sentences. Out: lines; colour only where a terminal reads them.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TextIO

import click

from ..ir.diagnostics import Code, Diagnostic, render
from ..ir.span import Source

__all__ = [
    "notice",
    "printable",
    "report",
    "report_os_error",
    "row",
    "say",
    "shortened",
    "tell_waiting",
    "write_json",
]

CONTROL = "[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
"""What moves a terminal's cursor, or turns the order of what one reads; a tab does no harm."""

PASSWORD = r"(?<=://)[^/\s\"{]+(?=@)"
"""What stands before the host in a URL, user and password, where no hole stands for it."""


def notice(sentence: str) -> None:
    """Tell a person something that is not a result."""
    click.echo(sentence, err=True)


def write_json(document: Mapping[str, object]) -> None:
    """Write a versioned document to stdout."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def say(line: str, paint: Callable[[str], str] = str) -> None:
    """Write a line of somebody's text to stdout; what would move the cursor is shown as a mark.

    `paint` puts colour into it, where a terminal reads that.
    """
    shown = printable(line)
    click.echo(paint(shown) if _takes_colour(sys.stdout) else shown)


def row(*fields: object) -> str:
    """Return a line of fields with tabs between, of which none holds another or ends the line."""
    return "\t".join(printable(str(field)).expandtabs(1) for field in fields)


def printable(text: str) -> str:
    """Return a text without anything that moves a cursor or begins a line."""
    return text if text.isprintable() else re.sub(CONTROL, "\ufffd", text)


def shortened(text: str, most: int) -> str:
    """Return a text on one line, cut to so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def tell_waiting(holder: str) -> None:
    """Say that the store is locked."""
    notice(f"waiting for the store: {holder or 'another process'}")


def report(
    diagnostics: Iterable[Diagnostic],
    sources: Iterable[Source] = (),
    texts: Mapping[str, str] | None = None,
) -> None:
    """Write diagnostics to stderr, with an excerpt where the file still holds that text."""
    sources = tuple(sources)
    for line in render(diagnostics, sources, texts if texts is not None else _read_again(sources)):
        click.echo(_coloured(printable(_masked(line))), err=True)


def _masked(line: str) -> str:
    """Hide passwords of URLs, which excerpts of a program would show; what is below stays there."""
    return re.sub(PASSWORD, lambda found: "*" * len(found[0]), line)


def _read_again(sources: Iterable[Source]) -> dict[str, str]:
    """Read the files for excerpts; one that has gone or changed its lines gives none."""
    texts: dict[str, str] = {}
    for source in sources:
        try:
            text = Path(source.name).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            continue
        if Source.of(source.name, text).lines == source.lines:
            texts[source.name] = text
    return texts


def _takes_colour(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ


def _coloured(line: str) -> str:
    if not _takes_colour(sys.stderr):
        return line
    for word, colour in (("error:", "red"), ("warning:", "yellow"), ("note:", "cyan")):
        before, found, after = line.partition(f"{word} ")
        if found:
            return f"{click.style(before, bold=True)}{click.style(word, fg=colour)} {after}"
    return click.style(line, fg="green") if line.startswith("  hint:") else line


def report_os_error(problem: OSError) -> None:
    """Say which file could not be read or written, and why."""
    name = problem.filename
    what = f"{os.fsdecode(name)}: " if isinstance(name, str | bytes) and name else ""
    if name is None and isinstance(problem, FileNotFoundError):  # only getcwd(3) names no file
        what = "the current folder: "
    report([Diagnostic(Code.E29, f"{what}{problem.strerror or problem}")])
