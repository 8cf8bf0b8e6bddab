"""kill -9 of a deploy while units follow, at each job; the next command ends right."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from patience import until
from scenes import some
from stacks_on_disk import caller, units, wish

from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import switch

from .conftest import Shared, activation, here

pytestmark = pytest.mark.systemd

PROGRAM = Path(__file__).parents[1] / "activate_once.py"


def sleep(seconds: int) -> str:
    """A service that can be told by its argument, and takes a moment to stop."""
    return f"ExecStart=/bin/sleep {seconds}\nExecStop=/bin/sleep 0.1"


OLD = {"db": sleep(1001), "old": sleep(1002), "web": sleep(1003)}
NEW = {"db": sleep(1001), "extra": sleep(1004), "web": sleep(1005)}
ALL = sorted({*OLD, *NEW})


def put(shared: Shared, texts: dict[str, str], *, enable: bool = False) -> list[str]:
    """Deploy here and now; returns what was told."""
    told: list[str] = []
    wanted = replace(wish(units(texts)), activation=activation(shared), enable=enable)
    assert deploy(here(shared), wanted, caller(told.append)).failure is None
    return told


def running(shared: Shared) -> dict[str, str]:
    """Return the command lines of the units that run, as the kernel has them."""
    mains = shared.machine.systemctl("show", "--property=MainPID", "--value", *ALL).split()
    run = {name: pid for name, pid in zip(ALL, mains, strict=True) if pid != "0"}
    if not run:
        return {}
    asked = ("ps", "-o", "pid=,args=", "-p", ",".join(run.values()))
    told = shared.machine.run(*asked, check=False).stdout
    lines = dict(line.split(maxsplit=1) for line in told.splitlines())
    return {name: lines.get(pid, "") for name, pid in run.items()}


def check_running(shared: Shared, wanted: dict[str, str]) -> None:
    """These units run; what systemd has just begun is about to become the program."""
    until(lambda: running(shared), lambda found: found == wanted)


@pytest.fixture
def shared(shared: Shared) -> Iterator[Shared]:
    yield shared
    shared.machine.systemctl("stop", *ALL, check=False)


MOMENTS = [
    ("before", "stop"),
    ("within", "stop"),
    ("within", "daemon-reload"),
    ("before", "restart"),
    ("within", "restart"),
    ("within", "start"),
]


def begin_to_deploy(shared: Shared, texts: dict[str, str], when: str, job: str) -> None:
    """Deploy in a process that is killed at a job."""
    arguments = [str(shared.machine.leader), shared.root, job, when, json.dumps(texts)]
    killed = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL


def check(shared: Shared, told: list[str], wanted: dict[str, str]) -> None:
    """It was told what had happened, and by now the units run that are wanted."""
    assert "activation was interrupted" in told[0]
    lines = {name: text.splitlines()[0] for name, text in wanted.items()}
    check_running(shared, {name: line.removeprefix("ExecStart=") for name, line in lines.items()})
    folder = Path(shared.root) / "srv/deploys/HelloStack"
    assert not (folder / "journal.json").exists()
    links = [folder / name for name in ("active", "current")]
    assert len({link.readlink() if link.is_symlink() else None for link in links}) == 1


@pytest.mark.parametrize(("when", "job"), MOMENTS)
def test_the_next_deploy_ends_right(shared: Shared, when: str, job: str) -> None:
    put(shared, OLD)
    begin_to_deploy(shared, NEW, when, job)
    wanted = OLD if when == "before" else NEW
    check(shared, put(shared, wanted), wanted)


@pytest.mark.parametrize(("when", "job"), some(MOMENTS, 3))
def test_so_does_the_next_switch(shared: Shared, when: str, job: str) -> None:
    put(shared, OLD)
    begin_to_deploy(shared, NEW, when, job)
    told: list[str] = []
    assert (
        switch(here(shared), 1, caller(told.append), activation=activation(shared)).failure is None
    )
    check(shared, told, OLD)


@pytest.mark.parametrize(("when", "job"), some(MOMENTS, 3))
def test_so_does_the_next_remove(shared: Shared, when: str, job: str) -> None:
    put(shared, OLD)
    begin_to_deploy(shared, NEW, when, job)
    told: list[str] = []
    remove(here(shared), caller(told.append), activation=activation(shared))
    check(shared, told, {})
