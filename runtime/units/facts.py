"""What systemd knows of a unit: its state, since when, its main process.

In: what `systemctl show` prints. Out: a `UnitFacts` for each unit. Times are asked for in
UTC and to the microsecond (`--timestamp=us+utc`, systemd 247), for a unit may start in the
second in which its generation became live.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

__all__ = ["FACTS", "UnitFacts", "UnitState", "blocks", "facts", "state"]

FACTS = (
    "--timestamp=us+utc",
    "--property=Id,LoadState,ActiveState,SubState,Result,Type,RemainAfterExit,MainPID,ControlGroup,ExecStart,"
    "DropInPaths,NeedDaemonReload,ExecMainStartTimestamp,ActiveEnterTimestamp,StateChangeTimestamp",
)

ARGUMENTS = re.compile(
    r"^(ExecStart=\{ path=[^\n]*? ; argv\[\]=).*? ; ignore_errors=(?:yes|no) ;[^\n]*\}$",
    re.DOTALL | re.MULTILINE,
)
"""A command as `show` prints it: its arguments as they are, with all their lines."""


class UnitState(NamedTuple):
    """In systemd's words: `active`, `running`, `success`; what it does not know is `inactive`.

    `pid` is that of the main process, 0 without one; `restarts` counts how often the manager
    has started it anew by itself since it was last told to forget failures, or to start it;
    `job` is the number of what it is about to do, 0 for nothing. A unit that does not stay is
    inactive when it is done, and systemd does not keep whether it ran.
    """

    active: str
    sub: str
    result: str
    pid: int = 0
    restarts: int = 0
    job: int = 0
    stays: bool = True

    @property
    def runs(self) -> bool:
        """Whether it has, or may have, processes.

        A start may wait for another unit, and between the halves of a restart there is none.
        """
        return self.active not in ("inactive", "failed") or self.job != 0

    @property
    def is_tried_again(self) -> bool:
        """Whether it failed, and the manager is about to start it anew by itself."""
        return self.sub == "auto-restart"

    @property
    def is_started_anew(self) -> bool:
        """Whether it failed, and the manager has started it anew by itself, or is about to."""
        return self.is_tried_again or self.restarts > 0

    @property
    def broken(self) -> bool:
        """Whether it failed, be it that it is about to be tried again."""
        return self.active == "failed" or self.is_tried_again

    def __str__(self) -> str:
        said = ("", "success", self.active)
        more = [word for word in (self.sub, self.result) if word not in said]
        return f"{self.active} ({', '.join(more)})" if more else self.active


class UnitFacts(NamedTuple):
    """A unit as systemd sees it now.

    `load` is `loaded`, `not-found`, `masked`, …; `pid` its main process, None without one,
    which began at `began` and is in `cgroup`; `since` is when it came to its state. `command`
    is the path that its next start runs, as systemd last read it; None without one. `is_unread`
    says that its file, or a drop-in, is newer than what systemd has read.
    """

    load: str
    state: UnitState
    pid: int | None
    cgroup: str
    command: str | None
    has_drop_ins: bool
    is_unread: bool
    began: datetime | None
    since: datetime | None


def blocks(output: str) -> Iterator[Mapping[str, str]]:
    """Read what `show` prints: lines `KEY=VALUE`, an empty one between units.

    Arguments of commands are left out: they may hold empty lines, and such as look like others.
    """
    for block in ARGUMENTS.sub(r"\1", output).split("\n\n"):
        pairs = (line.partition("=") for line in block.splitlines())
        yield {key: value for key, _, value in pairs}


def state(block: Mapping[str, str]) -> UnitState:
    """Read the state of one unit."""
    return UnitState(
        block.get("ActiveState", "unknown"),
        block.get("SubState", ""),
        block.get("Result", ""),
        int(block.get("MainPID") or 0),
        int(block.get("NRestarts") or 0),
        int(block.get("Job") or 0),
        block.get("Type") != "oneshot" or block.get("RemainAfterExit") == "yes",
    )


def facts(block: Mapping[str, str]) -> UnitFacts:
    """Read all that `FACTS` asks for."""
    entered = "ActiveEnterTimestamp" if state(block).active == "active" else "StateChangeTimestamp"
    return UnitFacts(
        load=block.get("LoadState", ""),
        state=state(block),
        pid=int(block.get("MainPID", "0")) or None,
        cgroup=block.get("ControlGroup", ""),
        command=_command(block.get("ExecStart", "")),
        has_drop_ins=bool(block.get("DropInPaths")),
        is_unread=block.get("NeedDaemonReload") == "yes",
        began=_moment(block.get("ExecMainStartTimestamp", "")),
        since=_moment(block.get(entered, "")),
    )


def _command(text: str) -> str | None:
    """Read the path of `{ path=/bin/hi ; argv[]=/bin/hi a ; … }`, of the first command."""
    _, found, rest = text.partition("{ path=")
    return rest.partition(" ; argv[]=")[0] if found else None


def _moment(text: str) -> datetime | None:
    """Read `Wed 2026-11-25 20:23:57.123456 UTC`; empty and `n/a` are no moment."""
    words = text.split()
    if len(words) != 4:
        return None
    return datetime.fromisoformat(f"{words[1]}T{words[2]}").replace(tzinfo=UTC)
