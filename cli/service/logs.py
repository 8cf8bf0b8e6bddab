"""`punix service logs`: what the units of a stack wrote.

In: the name of a stack, perhaps of a service, and how much is wanted. Out: lines of the
journal on stdout, the oldest first.
"""

import json
import os
import select
import signal
import stat
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from functools import partial

import click

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest, ManifestUnit
from ...ir.names import BadName
from ...ir.spell import nearest_or_all
from ...ir.times import TimeSpan
from ...runtime.deploy.target.layout import Target
from ...runtime.deploy.transaction.listing import show
from ...runtime.units.logs import LogLine
from ...runtime.units.logs import logs as read
from .. import options
from ..console import notice, say
from ..escapes import harmless
from ..numbers import WholeNumber
from ..streams import nobody_reads
from ..times import rfc3339
from .activate import onlooker
from .target import with_target

__all__ = ["logs"]

DAYS = ("now", "today", "yesterday", "tomorrow")
"""The only times of systemd without a digit (systemd.time(7))."""


def moment(value: str) -> str:
    """Write a time in systemd's words: of `2 h`, of a time with its zone, of what those are."""
    if value not in DAYS and (value.isdigit() or not any(map(str.isdigit, value))):
        message = f"'{value}' is not a time, such as '30 min', '3d', 'yesterday' or a date"
        raise click.BadParameter(message)
    with suppress(BadName):  # it may be a moment, and no length of time
        return f"-{TimeSpan(value)}"
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"@{found.timestamp():.6f}" if found.tzinfo else value


@click.command()
@options.stack
@click.argument("service", required=False, metavar="[SERVICE]")
@click.option("--follow", "-f", is_flag=True, help="Go on with what is written from now on.")
@click.option(
    "--lines",
    "-n",
    "most",
    type=WholeNumber(0),
    metavar="N",
    help="At most the last N (default: 100; all with --since).",
)
@click.option("--since", type=moment, metavar="TIME", help="Nothing older: 2h, yesterday, a time.")
@with_target
@options.output_format("text", "json")
def logs(
    place: Target,
    service: str | None,
    follow: bool,
    most: int | None,
    since: str | None,
    style: str,
) -> None:
    """Show what the units of STACK, or those of one SERVICE, wrote to the journal."""
    live = show(place, None, notice)
    units = _units(live, service)
    if not units:
        notice(f"stack {place.stack} has no services")
        return
    who = onlooker(place, live)
    if isinstance(who, str):
        raise ProgramError([Diagnostic(Code.E34, who)])
    if most is None and since is None:
        most = 100
    names = [unit.name for unit in units]
    entries = read(place.transport, live.scope, names, most=most, since=since, follow=follow)
    write = _writer(style, units)
    if follow:
        has_gone = _end_with_reader()
        with suppress(KeyboardInterrupt):  # there is no other end of it
            _write_all(entries, write)
        if has_gone.is_set():
            nobody_reads()
    elif not _write_all(entries, write):
        what = service or place.stack
        notice(f"the journal has nothing of {what} that you asked for and may read")


def _write_all(entries: Generator[LogLine, None, None], write: Callable[[LogLine], None]) -> bool:
    """Write each entry; says whether there was one."""
    wrote = False
    with closing(entries):
        for entry in entries:
            write(entry)
            wrote = True
    return wrote


def _units(live: Manifest, service: str | None) -> list[ManifestUnit]:
    """Return the units of a service, which a person may also call by the name of its unit."""
    if service is None:
        return list(live.units)
    found = [unit for unit in live.units if service in (unit.service, unit.name)]
    if not found:
        hint = nearest_or_all(service, {unit.service for unit in live.units})
        message = f"stack '{live.stack}' has no service '{service}'"
        raise ProgramError([Diagnostic(Code.E26, message, hint=hint)])
    return found


def _end_with_reader() -> threading.Event:
    """End as by ctrl-C once nobody reads our pipe any more, though nothing more may be written.

    Returns what is set when that was so.
    """
    has_gone = threading.Event()
    if not stat.S_ISFIFO(os.fstat(1).st_mode):
        return has_gone

    def watch() -> None:
        poll = select.poll()
        poll.register(1, 0)  # what is told in any case: that the other end is closed
        poll.poll()
        has_gone.set()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, daemon=True).start()
    return has_gone


def _writer(style: str, units: Sequence[ManifestUnit]) -> Callable[[LogLine], None]:
    if style == "json":
        return partial(_write_json, {str(unit.name): unit.service for unit in units})
    return partial(_write_text, max(len(unit.name) for unit in units))


def _write_text(width: int, entry: LogLine) -> None:
    for line in harmless(entry.message).split("\n"):
        say(f"{entry.at:%Y-%m-%dT%H:%M:%SZ}  {entry.unit:{width}}  {line}")


def _write_json(services: Mapping[str, str], entry: LogLine) -> None:
    document = {
        "version": 1,
        "at": rfc3339(entry.at),
        "service": services.get(entry.unit),
        "unit": entry.unit,
        "pid": entry.pid,
        "priority": entry.priority,
        "message": entry.message,
    }
    click.echo(json.dumps(document, ensure_ascii=False))
