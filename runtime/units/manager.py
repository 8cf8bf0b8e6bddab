"""The service manager of a target: what a deploy asks of it, and systemd's answers.

In: names of units, and a way to run programs on the target. Out: what became of
the jobs, the state of units, their last words. Everything is one run of
`systemctl` or `journalctl` for any number of units, so that the manager itself
orders them by what they require.
"""

import errno
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Literal, Protocol, TypeAlias

from ...ir.names import UnitName
from ...ir.stack import Scope
from ..deploy.target.transport import Run
from .facts import FACTS, UnitFacts, UnitState, blocks, facts, state

__all__ = ["Job", "ServiceManager", "Systemctl", "by_hand"]

Job: TypeAlias = Literal["stop", "start", "restart", "reload"]

JOB_SECONDS = 3600.0
"""Jobs have time limits of their own, in their units; this one is for a manager that hangs."""
SECONDS = 90.0
"""How long systemd's bus may take to answer: three times its own default."""

SYNC_SECONDS = 10.0
"""How long the journal may take to write down all that it was told: it is no reason to wait on."""
VERBS: Mapping[Job, str] = {
    "stop": "stop",
    "start": "start",
    "restart": "restart",
    "reload": "reload-or-restart",
}
PROPERTIES = "--property=Id,ActiveState,SubState,Result,MainPID,NRestarts,Job,Type,RemainAfterExit"
IDENTITY = ("User", "Group", "SupplementaryGroups", "DynamicUser")
"""As whom a service runs, in the manager's own words: systemd.exec(5)."""


class ServiceManager(Protocol):
    """What starts and stops units of a backend. All raise OSError where it cannot be asked."""

    @property
    def backend(self) -> str: ...
    @property
    def scope(self) -> Scope: ...

    def make_folders(self, lists: Sequence[str]) -> Run:
        """Make what is written in some files on the target."""

    def read_units(self) -> Run:
        """Have all unit files read anew."""

    def act(self, job: Job, units: Sequence[UnitName]) -> Run:
        """Do a job on units, and wait until each has ended; their own order is kept."""

    def forgive(self, units: Sequence[UnitName]) -> None:
        """Forget earlier failures, which would count against the next start."""

    def states(self, units: Sequence[UnitName]) -> dict[UnitName, UnitState]:
        """Return the state of each unit."""

    def facts(self, units: Sequence[UnitName]) -> dict[UnitName, UnitFacts]:
        """Return all that is known of each unit."""

    def last_lines(self, units: Sequence[UnitName], count: int) -> dict[UnitName, list[str]]:
        """Return the last lines that each unit, or the manager about it, wrote."""

    def ask(self, unit: UnitName, words: Sequence[str], seconds: float) -> Run:
        """Run a program as the user of a unit, and end it after so many seconds.

        It is given the words as they are, and nothing of our environment. Raises TimeoutError.
        """


class Systemctl:
    """systemd, of the machine or of the caller, through its programs: systemctl(1), journalctl(1).

    `run` runs a program for at most so many seconds. Raises FileNotFoundError without systemctl.
    """

    backend = "systemd"

    def __init__(self, run: Callable[[Sequence[str], float], Run], scope: Scope = "system") -> None:
        self.scope = scope
        self._run = run if scope == "system" else _for_user(run)

    def unit_folders(self) -> Run:
        """Ask for the folders that it reads units from; who cannot be asked ends with no 0."""
        return self._run(("systemctl", "show", "--property=UnitPath", "--value"), SECONDS)

    def make_folders(self, lists: Sequence[str]) -> Run:
        return self._run(("systemd-tmpfiles", "--create", "--", *lists), SECONDS)

    def read_units(self) -> Run:
        return self._run(("systemctl", "daemon-reload"), SECONDS)

    def act(self, job: Job, units: Sequence[UnitName]) -> Run:
        return self._run(("systemctl", VERBS[job], "--", *units), JOB_SECONDS)

    def forgive(self, units: Sequence[UnitName]) -> None:
        # it ends with 1 if there was nothing to forget of one of them
        self._run(("systemctl", "reset-failed", "--", *units), SECONDS)

    def states(self, units: Sequence[UnitName]) -> dict[UnitName, UnitState]:
        if not units:
            return {}
        done = self._run(("systemctl", "show", PROPERTIES, "--", *units), SECONDS)
        found = {block["Id"]: block for block in blocks(done.output) if "Id" in block}
        return {unit: state(found.get(unit, {})) for unit in units}

    def facts(self, units: Sequence[UnitName]) -> dict[UnitName, UnitFacts]:
        if not units:
            return {}
        done = self._run(("systemctl", "show", *FACTS, "--", *units), SECONDS)
        if done.code != 0:
            said = done.output.strip().removeprefix("systemctl: ") or f"ended with {done.code}"
            raise OSError(errno.EIO, said.splitlines()[0], "systemctl")
        found = {block["Id"]: block for block in blocks(done.output) if "Id" in block}
        return {unit: facts(found.get(unit, {})) for unit in units}

    def last_lines(self, units: Sequence[UnitName], count: int) -> dict[UnitName, list[str]]:
        if units:
            # what a unit wrote just before its end may not be in the journal yet; root can wait
            # for that
            with suppress(TimeoutError):
                self._run(("journalctl", "--sync"), SYNC_SECONDS)
        return {unit: self._last_lines(unit, count) for unit in units}

    def _last_lines(self, unit: UnitName, count: int) -> list[str]:
        command = ("journalctl", "--quiet", "--no-pager", "--output=cat", f"--lines={count}")
        done = self._run((*command, f"--unit={unit}"), SECONDS)
        return done.output.splitlines() if done.code == 0 else []

    def ask(self, unit: UnitName, words: Sequence[str], seconds: float) -> Run:
        command = (
            *("systemd-run", "--quiet", "--wait", "--pipe", "--collect"),
            *(f"--description=Punix asks {unit} whether it is well", *self._as_user_of(unit)),
            *(f"--property=RuntimeMaxSec={seconds:.3f}", "--property=KillSignal=SIGKILL", "--"),
            *(word.replace("$", "$$") for word in words),
        )
        begun = time.monotonic()
        done = self._run(command, seconds + SECONDS)
        if done.code != 0 and time.monotonic() - begun >= seconds:
            raise TimeoutError(errno.ETIMEDOUT, f"not done in {seconds} s", words[0])
        return done

    def _as_user_of(self, unit: UnitName) -> list[str]:
        """Return the options that make a program run as a service does. Raises OSError."""
        done = self._run(
            ("systemctl", "show", f"--property={','.join(IDENTITY)}", "--", unit), SECONDS
        )
        facts = dict(line.partition("=")[::2] for line in done.output.splitlines())
        if done.code != 0 or "DynamicUser" not in facts:  # better nobody asks than root
            raise OSError(errno.EIO, "its user is not known", unit)
        return [f"--property={key}={facts[key]}" for key in IDENTITY if facts.get(key)]


def by_hand(program: str, scope: Scope) -> str:
    """Return how a person calls one of systemd's programs: `systemctl --user`."""
    return program if scope == "system" else f"{program} --user"


def _for_user(run: Callable[[Sequence[str], float], Run]) -> Callable[[Sequence[str], float], Run]:
    """Have each program speak with the manager of the user who runs it."""
    return lambda command, seconds: run((command[0], "--user", *command[1:]), seconds)
