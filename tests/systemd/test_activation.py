"""Units of a machine follow a deploy, and go back with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from faults import Killed
from patience import until
from stacks_on_disk import UNITS, caller, units, wish

from punix.runtime.deploy.target.transport import Run
from punix.runtime.service.deploy import deploy
from punix.runtime.service.outcome import Outcome
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback
from punix.runtime.units.manager import Systemctl
from punix.runtime.units.outdated_units import outdated_units

from .conftest import Shared, activation, here

pytestmark = pytest.mark.systemd

SLEEP = "ExecStart=/bin/sleep 1000"
BROKEN = "Type=oneshot\nExecStart=/bin/sh -c 'echo no such option; exit 3'"


def put(shared: Shared, texts: Mapping[str, str], **more: bool) -> Outcome:
    wanted = replace(wish(units(texts)), activation=activation(shared, **more))
    return deploy(here(shared), wanted, caller())


def states(shared: Shared) -> dict[str, str]:
    names = ["db", "old", "web"]
    found = shared.machine.systemctl("is-active", *names, check=False).split()
    return dict(zip(names, found, strict=True))


def pid(shared: Shared, unit: str) -> str:
    return shared.machine.systemctl("show", "--property=MainPID", unit)


def active(shared: Shared) -> str:
    folder = Path(shared.root) / "srv/deploys/HelloStack"
    assert not (folder / "journal.json").exists()
    return str((folder / "active").readlink())


def test_units_follow_and_go_back(shared: Shared) -> None:
    said = Path(shared.root) / "said"
    first = {
        "db": SLEEP,
        "old": f"{SLEEP}\nExecStop=/bin/sh -c 'echo bye >{said}'",
        "web": SLEEP,
    }
    assert put(shared, first).failure is None
    assert states(shared) == {"db": "active", "old": "active", "web": "active"}
    before = {unit: pid(shared, unit) for unit in first}
    assert "start -- db old web" in shared.jobs()

    second = {"db": SLEEP, "web": "ExecStart=/bin/sleep 2000"}
    assert put(shared, second).failure is None
    assert said.read_text() == "bye\n"
    assert states(shared) == {"db": "active", "old": "inactive", "web": "active"}
    assert pid(shared, "db") == before["db"]
    assert pid(shared, "web") != before["web"]
    assert active(shared) == "gen-002.json"
    wanted = ["stop -- old", "daemon-reload", "reset-failed -- old web", "restart -- web"]
    assert shared.jobs() == wanted

    web = pid(shared, "web")
    failure = put(shared, {"old": SLEEP, "web": BROKEN}).failure
    assert failure is not None
    assert (failure.tried, failure.live, failure.second) == (3, 2, ())
    assert [trouble.unit for trouble in failure.troubles] == ["web.service"]
    assert "failed" in failure.troubles[0].state
    assert "no such option" in failure.troubles[0].lines
    assert states(shared) == {"db": "active", "old": "inactive", "web": "active"}
    assert pid(shared, "web") != web
    assert "sleep 2000" in shared.machine.systemctl("show", "--property=ExecStart", "web")
    assert active(shared) == "gen-002.json"

    done = rollback(here(shared), None, caller(), activation=activation(shared))
    assert (done.live.generation, done.failure) == (1, None)
    assert states(shared) == {"db": "active", "old": "active", "web": "active"}
    assert "sleep 1000" in shared.machine.systemctl("show", "--property=ExecStart", "web")


def test_last_words_are_told_though_the_journal_is_behind(shared: Shared) -> None:
    """Here it has read nothing until somebody asks it to; on a busy machine it may be so."""
    journald = pid(shared, "systemd-journald").removeprefix("MainPID=")

    def run(command: Sequence[str], seconds: float) -> Run:
        if "--sync" in command:
            shared.machine.run("kill", "-CONT", journald)
        return shared.run(command, seconds)

    acts = replace(activation(shared), manager=Systemctl(run))
    shared.machine.run("kill", "-STOP", journald)
    try:
        wanted = replace(wish(units({"web": BROKEN})), activation=acts)
        failure = deploy(here(shared), wanted, caller()).failure
    finally:
        shared.machine.run("kill", "-CONT", journald)
    assert failure is not None
    assert "no such option" in failure.troubles[0].lines


def test_a_first_deploy_that_fails_leaves_nothing(shared: Shared) -> None:
    failure = put(shared, {"db": SLEEP, "web": BROKEN}).failure
    assert failure is not None
    assert (failure.live, failure.second) == (None, ())
    assert states(shared) == {"db": "inactive", "old": "inactive", "web": "inactive"}
    assert list((Path(shared.root) / UNITS[1:]).iterdir()) == []


def test_a_stack_goes_with_its_units(shared: Shared) -> None:
    said = Path(shared.root) / "said"
    put(shared, {"old": f"{SLEEP}\nExecStop=/bin/sh -c 'echo bye >{said}'", "web": SLEEP})
    remove(here(shared), caller(), activation=activation(shared))
    assert said.read_text() == "bye\n"
    assert states(shared) == {"db": "inactive", "old": "inactive", "web": "inactive"}
    assert list((Path(shared.root) / UNITS[1:]).iterdir()) == []
    assert not (Path(shared.root) / "srv/deploys/HelloStack/journal.json").exists()


def test_what_is_broken_stays_if_that_is_wanted(shared: Shared) -> None:
    put(shared, {"db": SLEEP, "web": SLEEP})
    failure = put(shared, {"db": SLEEP, "web": BROKEN}, takes_back=False).failure
    assert failure is not None
    assert (failure.tried, failure.live) == (2, 2)
    assert states(shared) == {"db": "active", "old": "inactive", "web": "failed"}
    assert active(shared) == "gen-001.json"
    assert put(shared, {"db": SLEEP, "web": SLEEP}).failure is None
    assert states(shared)["web"] == "active"


def test_what_crashes_at_once_is_seen_and_taken_back(shared: Shared) -> None:
    """A unit of Type=simple that has used up its starts by then can be started again."""
    put(shared, {"web": SLEEP})
    crashes = "ExecStart=/bin/false\nRestart=on-failure\nRestartSec=0"
    put(shared, {"web": crashes}, takes_back=False)
    until(lambda: states(shared)["web"], lambda state: state == "failed")
    assert put(shared, {"web": SLEEP}).failure is None
    assert states(shared)["web"] == "active"


def test_what_is_about_to_start_stops_too(shared: Shared) -> None:
    """As an activation leaves it that is killed when it has asked for its jobs."""
    slow = (
        f"Type=oneshot\nExecStart=/bin/sh -c 'until test -e {shared.root}/go; do sleep 0.02; done'"
    )
    texts = {"db": slow, "web": f"{SLEEP}\n[Unit]\nAfter=db.service"}
    deploy(here(shared), wish(units(texts)), caller())
    shared.machine.systemctl("daemon-reload")
    shared.machine.systemctl("start", "--no-block", "db", "web")
    waiting = {"db": "activating", "old": "inactive", "web": "inactive"}
    until(lambda: states(shared), lambda found: found == waiting)
    remove(here(shared), caller(), activation=activation(shared))
    assert states(shared) == {"db": "inactive", "old": "inactive", "web": "inactive"}


@pytest.mark.parametrize("job", ["stop", "daemon-reload", "restart", "start"])
def test_a_killed_activation_is_resumed_by_the_next(shared: Shared, job: str) -> None:
    put(shared, {"old": SLEEP, "web": SLEEP})
    shared.dies_at = f"systemctl {job}"
    with pytest.raises(Killed):
        put(shared, {"db": SLEEP, "web": f"{SLEEP}0"})
    shared.dies_at = ""
    told: list[str] = []
    wanted = replace(wish(units({"old": SLEEP, "web": SLEEP})), activation=activation(shared))
    assert deploy(here(shared), wanted, caller(told.append)).failure is None
    assert "activation was interrupted" in told[0]
    assert states(shared) == {"db": "inactive", "old": "active", "web": "active"}
    assert "sleep 1000 " in shared.machine.systemctl("show", "--property=ExecStart", "web")


def test_units_that_a_deploy_left_alone_are_named(shared: Shared) -> None:
    put(shared, {"db": SLEEP, "old": SLEEP, "web": SLEEP})
    done = deploy(here(shared), wish(units({"db": SLEEP, "web": f"{SLEEP}0"})), caller())
    assert outdated_units(here(shared), activation(shared), 1, done.live) == [
        "old.service",
        "web.service",
    ]
    shared.machine.systemctl("stop", "web.service")
    assert outdated_units(here(shared), activation(shared), 1, done.live) == ["old.service"]
