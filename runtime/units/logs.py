"""What units wrote, and what the manager wrote about them, out of systemd's journal.

In: a target, and the units. Out: `LogLine`s as journalctl has them (journalctl(1),
systemd.journal-fields(7)), the oldest first; with `follow` for as long as somebody asks.
"""

import json
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from ...ir.names import UnitName
from ...ir.node import Frozen, frozen
from ...ir.stack import Scope
from ..deploy.target.transport import Transport

__all__ = ["LogLine", "logs"]

FIELDS = "MESSAGE,PRIORITY,_PID,UNIT,USER_UNIT,_SYSTEMD_UNIT,_SYSTEMD_USER_UNIT"
WHO = ("_SYSTEMD_USER_UNIT", "_SYSTEMD_UNIT")
"""Which unit wrote an entry: no program gives itself a field with a `_`."""
ABOUT = (*WHO, "UNIT", "USER_UNIT")
"""Which unit an entry may be about, who wrote it before whom it names: the manager names others."""
LONGEST_NUMBER = 10


@frozen
class LogLine(Frozen):
    """An entry of the journal: `priority` is that of syslog, 0 to 7, None if nobody gave one.

    `message` is what was written: any text, of one line or several.
    """

    at: datetime
    unit: str
    pid: int | None
    priority: int | None
    message: str


def logs(
    transport: Transport,
    scope: Scope,
    units: Sequence[UnitName],
    *,
    most: int | None = None,
    since: str | None = None,
    follow: bool = False,
) -> Generator[LogLine, None, None]:
    """Yield the last `most` entries of some units, all for None, that are not older than `since`.

    `since` is a time in systemd's words (systemd.time(7)). Who stops early closes the
    iterator, which ends journalctl. Raises OSError where journalctl is missing or refuses.
    """
    assert units, "journalctl shows everything where no unit is named"
    known = frozenset(units)
    with closing(transport.lines(_command(scope, units, most, since, follow))) as lines:
        for line in lines:
            found = _entry(line, known)
            if found is not None:
                yield found


def _command(
    scope: Scope, units: Sequence[UnitName], most: int | None, since: str | None, follow: bool
) -> list[str]:
    return [
        *("journalctl", "--quiet", "--no-pager", "--all", "--output=json"),
        *(["--user"] if scope == "user" else []),
        f"--output-fields={FIELDS}",
        f"--lines={'all' if most is None else most}",
        *([f"--since={since}"] if since else []),
        *(["--follow"] if follow else []),
        *(f"--unit={unit}" for unit in units),
    ]


def _entry(line: bytes, units: Collection[str]) -> LogLine | None:
    """Read an entry; None for a line that is none, as a journal that was cut off may end."""
    try:
        entry: Mapping[str, Any] = json.loads(line)
        moment = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1e6, UTC)
    except (ValueError, KeyError, TypeError):
        return None
    return LogLine(
        at=moment,
        unit=_unit(entry, units),
        pid=_number(entry.get("_PID")),
        priority=_number(entry.get("PRIORITY")),
        message=_text(entry.get("MESSAGE")),
    )


def _unit(entry: Mapping[str, Any], units: Collection[str]) -> str:
    """Return the unit that was asked for, be it that another one wrote of it; else the writer."""
    named = [_text(entry[name]) for name in ABOUT if name in entry]
    wrote = [_text(entry[name]) for name in WHO if name in entry]
    return next((unit for unit in named if unit in units), wrote[0] if wrote else "")


def _text(value: object) -> str:
    """Read a field: text; numbers of bytes where it is no text; several, of which the last counts.

    An entry may lack a message.
    """
    if isinstance(value, list) and value and isinstance(value[0], int):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, list) and value:
        return _text(value[-1])
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    text = _text(value)
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None
