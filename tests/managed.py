"""A service manager in a folder: `systemctl` as far as a deploy asks for it.

It starts what a unit file says when it was read last, as systemd does, and keeps what it
knows in `srv/manager.json` of the target, so that a copy of the target has its manager.

A program that is to be run as a unit's user is not: its last word names a unit, and what
the file of that unit says decides how it ends.
"""

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from faults import Unsynced
from stacks_on_disk import UNITS

from punix.runtime.deploy.target.transport import Run

__all__ = ["BROKEN", "DYING", "FRAIL", "SICK", "SLOW", "Managed", "pid", "running"]

BROKEN = "broken"
"""A unit whose file has this word in it fails to start."""
SICK = "sick"
"""A unit whose file has this word in it gives bad answers."""
SLOW = "slow"
"""A unit whose file has this word in it gives two bad answers, then good ones."""
DYING = "dying"
"""A unit whose file has this word in it is started anew after each good answer."""
FRAIL = "frail"
"""A unit whose file has this word in it fails while another one is asked."""


class Managed(Unsynced):
    """A folder of this machine in which systemctl has an effect."""

    def run(self, command: Sequence[str], _: float) -> Run:
        program, verb, *words = command
        if program == "journalctl":
            return Run(0, "its last words\n")
        if program == "systemd-tmpfiles":
            return Run(0, "")
        names = [word for word in words if not word.startswith("-")]
        with ALONE:
            state = _state(Path(self.root))
            does = _asked if program == "systemd-run" else VERBS[verb]
            done = does(state, Path(self.root), names)
            (Path(self.root) / "srv/manager.json").write_text(json.dumps(state))
        return done

    def lines(self, command: Sequence[str]) -> Generator[bytes, None, None]:
        """What a test wrote as the journal, of the units that are asked for."""
        units = [word.removeprefix("--unit=") for word in command if word.startswith("--unit=")]
        (Path(self.root) / "srv/asked.json").write_text(json.dumps(command))
        for line in (Path(self.root) / "srv/journal.ndjson").read_bytes().splitlines():
            if any(unit.encode() in line for unit in units):
                yield line


ALONE = Lock()
"""Gates ask at the same time."""


def running(root: Path) -> dict[str, str]:
    """Return what the running units of a target were told to do, by name."""
    found: dict[str, str] = _state(root)["running"]
    return found


def _state(root: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((root / "srv/manager.json").read_text())
    except FileNotFoundError:
        return {"known": {}, "running": {}, "failed": [], "began": {}, "restarts": {}, "asked": {}}
    return found


def _file(root: Path, name: str) -> str | None:
    try:
        return (root / UNITS[1:] / name).read_text()
    except FileNotFoundError:
        return None


def _read_again(state: dict[str, Any], root: Path, _: list[str]) -> Run:
    state["known"] = {name: text for name in state["known"] if (text := _file(root, name))}
    return Run(0, "")


def _start(state: dict[str, Any], root: Path, names: list[str]) -> Run:
    missing = [name for name in names if not _known(state, root, name)]
    for name in set(names).difference(missing, state["running"]):
        text = state["known"][name]
        if BROKEN in text:
            state["failed"].append(name)
        else:
            state["running"][name] = text
            state["began"][name] = datetime.now(UTC).strftime("Wed %Y-%m-%d %H:%M:%S.%f UTC")
            state["restarts"][name] = state["asked"][name] = 0
    return Run(1 if missing or set(names) & set(state["failed"]) else 0, "")


def _asked(state: dict[str, Any], _: Path, words: list[str]) -> Run:
    """Answer for a unit: whatever was asked, its name is the last word."""
    name = words[-1]
    text = state["running"].get(name, SICK)
    state["asked"][name] = state["asked"].get(name, 0) + 1
    if SICK in text or (SLOW in text and state["asked"][name] <= 2):
        return Run(3, "first\nit is sick\n")
    if DYING in text:
        state["restarts"][name] += 1
    frail = [other for other, its in state["running"].items() if FRAIL in its]
    state["failed"] += frail
    for other in frail:
        del state["running"][other]
    return Run(0, "")


def _known(state: dict[str, Any], root: Path, name: str) -> bool:
    """Whether there is such a unit; systemd reads one that is new to it when it is asked for."""
    text = state["known"].get(name) or _file(root, name)
    if text is not None:
        state["known"][name] = text
    return text is not None


def _stop(state: dict[str, Any], root: Path, names: list[str]) -> Run:
    unknown = [name for name in names if not _known(state, root, name)]
    for name in names:
        state["running"].pop(name, None)
    return Run(5 if unknown else 0, "")


def _restart(state: dict[str, Any], root: Path, names: list[str]) -> Run:
    _stop(state, root, names)
    return _start(state, root, names)


def _forgive(state: dict[str, Any], _: Path, names: list[str]) -> Run:
    state["failed"] = sorted(set(state["failed"]) - set(names))
    return Run(0, "")


def _show(state: dict[str, Any], root: Path, names: list[str]) -> Run:
    return Run(0, "\n".join("\n".join(_facts(state, root, name)) + "\n" for name in names))


def _facts(state: dict[str, Any], root: Path, name: str) -> Iterator[str]:
    yield f"Id={name}"
    yield f"LoadState={'loaded' if _known(state, root, name) else 'not-found'}"
    failed = name in state["failed"]
    alive = ("active", "running") if name in state["running"] else ("inactive", "dead")
    yield "ActiveState={}\nSubState={}".format(*(("failed", "failed") if failed else alive))
    yield f"Result={'exit-code' if failed else 'success'}"
    yield "Type=simple"
    yield f"NRestarts={state['restarts'].get(name, 0)}"
    yield "DynamicUser=no"
    yield f"ExecStart={_command(state['known'].get(name, ''))}"
    if name in state["running"]:
        yield f"MainPID={pid(name)}"
        yield f"ControlGroup=/system.slice/{name}"
        yield f"ExecMainStartTimestamp={state['began'][name]}"
        yield f"ActiveEnterTimestamp={state['began'][name]}"


def pid(name: str) -> int:
    """The number of the main process of a unit; what it runs a test writes to `proc`."""
    return 1000 + sum(name.encode())


def _command(text: str) -> str:
    words = next((line[10:].split() for line in text.splitlines() if "ExecStart=" in line), None)
    return f"{{ path={words[0]} ; argv[]={' '.join(words)} ; }}" if words else ""


VERBS: dict[str, Callable[[dict[str, Any], Path, list[str]], Run]] = {
    "daemon-reload": _read_again,
    "start": _start,
    "stop": _stop,
    "restart": _restart,
    "reset-failed": _forgive,
    "show": _show,
}
