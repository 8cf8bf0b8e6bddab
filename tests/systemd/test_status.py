"""What `status` says of a real systemd: what runs, since when, and whether that is wanted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from patience import until
from stacks_on_disk import STORE, caller, units, wish

from punix.ir.bundle import Bundle
from punix.ir.names import StoreName
from punix.ir.text import StorePath
from punix.runtime.service.deploy import deploy
from punix.runtime.units.status import StackStatus, UnitStatus, status

from .conftest import Shared, activation, here

pytestmark = pytest.mark.systemd

OLD, NEW = StoreName(f"{'a' * 32}-hello-1.0"), StoreName(f"{'b' * 32}-hello-2.0")
SCRIPT = "#!/bin/sh\nwhile :; do sleep 1000; done\n"


@pytest.fixture
def store(shared: Shared) -> Iterator[None]:
    """Two packages: a script, and a program."""
    for name in (OLD, NEW):
        folder = Path(f"{shared.root}{STORE}/{name}/bin")
        folder.mkdir(parents=True)
        (folder / "script").write_text(SCRIPT)
        (folder / "script").chmod(0o755)
        shared.machine.run("cp", "/bin/sleep", f"{folder}/sleep")
    shared.machine.remove(STORE)  # other tests have folders there
    shared.machine.run("ln", "-s", f"{shared.root}{STORE}", STORE)
    yield
    shared.machine.remove(STORE)


def stack(package: StoreName, **services: str) -> Bundle:
    """Services that each run one command of a package."""
    texts = {
        name: f"ExecStart={STORE}/{package}/bin/{command}" for name, command in services.items()
    }
    made = units(texts)
    found = tuple(
        replace(
            unit,
            executable=(StorePath(package), f"/bin/{services[unit.service].split()[0]}"),
            packages=(package,),
        )
        for unit in made.units
    )
    return replace(made, units=found, roots=(package,), declared=(OLD, NEW))


def put(shared: Shared, wanted: Bundle, *, activate: bool, day: int = 23) -> None:
    acts = activation(shared) if activate else None
    made = replace(wish(wanted), store_paths=wanted.roots, activation=acts)
    who = caller(clock=lambda: datetime(2026, 11, day, 3, 15, tzinfo=UTC))
    assert deploy(here(shared), made, who).failure is None


def look(shared: Shared) -> StackStatus:
    return status(here(shared), activation(shared), lambda _: None)


def problems(shared: Shared) -> Mapping[str, str | None]:
    return {unit.service: unit.problem for unit in look(shared).units}


def seen(shared: Shared, name: str, holds: Callable[[UnitStatus], bool]) -> UnitStatus:
    """Wait for what systemd began to become the program that it was told to run."""
    return until(lambda: of(shared, name), holds)


def of(shared: Shared, name: str) -> UnitStatus:
    return next(unit for unit in look(shared).units if unit.service == name)


@pytest.mark.usefixtures("store")
def test_an_older_executable_is_named_until_the_unit_restarts(shared: Shared) -> None:
    services = {"db": "sleep 1000", "web": "script"}
    put(shared, stack(OLD, **services), activate=True)
    assert problems(shared) == {"db": None, "web": None}
    assert look(shared).is_as_wanted

    put(shared, stack(NEW, **services), activate=False)
    older = f"it runs '{STORE}/{OLD}/bin/{{}}', which gen-002 does not use"
    both = {"db": older.format("sleep"), "web": older.format("script")}
    until(lambda: problems(shared), lambda found: found == both)
    assert look(shared).is_behind

    shared.machine.systemctl("restart", "web.service")
    # systemd has the old file in mind
    seen(shared, "web", lambda unit: unit.problem == older.format("script"))
    shared.machine.systemctl("daemon-reload")
    shared.machine.systemctl("restart", "web.service")
    seen(shared, "web", lambda unit: unit.problem is None)
    assert problems(shared)["db"] == older.format("sleep")


@pytest.mark.usefixtures("store")
def test_another_argument_is_seen_by_when_the_unit_began(shared: Shared) -> None:
    put(shared, stack(OLD, db="sleep 1000", web="sleep 1000"), activate=True)
    put(shared, stack(OLD, db="sleep 1000", web="sleep 2000"), activate=False)
    found = problems(shared)
    assert found["db"] is None
    assert found["web"] == "runs as of gen-001: its unit changed (hello.pcl:1)"
    put(shared, stack(OLD, db="sleep 1000", web="sleep 2000"), activate=True)
    assert problems(shared) == {"db": None, "web": None}


@pytest.mark.usefixtures("store")
def test_what_was_started_before_systemd_read_its_file_shows(shared: Shared) -> None:
    put(shared, stack(OLD, web="sleep 1000"), activate=True)
    put(shared, stack(OLD, web="sleep 2000"), activate=False, day=24)
    shared.machine.systemctl("restart", "web.service")
    older = "systemd started it by an older file: `systemctl daemon-reload`, then restart it"
    seen(shared, "web", lambda unit: unit.problem == older)
    shared.machine.systemctl("daemon-reload")
    shared.machine.systemctl("restart", "web.service")
    seen(shared, "web", lambda unit: unit.problem is None)


@pytest.mark.usefixtures("store")
def test_what_was_killed_or_stopped_shows(shared: Shared) -> None:
    put(shared, stack(OLD, db="sleep 1000", web="sleep 1000"), activate=True)
    before = seen(shared, "web", lambda unit: (unit.executable or "").endswith(f"{OLD}/bin/sleep"))
    assert before.facts is not None
    assert before.facts.since is not None
    assert abs((datetime.now(UTC) - before.facts.since).total_seconds()) < 600
    shared.machine.run("kill", "-KILL", str(before.facts.pid))
    shared.machine.systemctl("stop", "db.service")
    after = seen(shared, "web", lambda unit: unit.problem == "it failed")
    assert after.executable is None
    assert str(after.facts and after.facts.state) == "failed (signal)"
    assert of(shared, "db").problem == "it should run, and does not"


@pytest.mark.usefixtures("store")
def test_units_that_only_run_once_are_done(shared: Shared) -> None:
    once = units({"web": "Type=oneshot\nExecStart=/bin/true"})
    put(shared, replace(once, units=(replace(once.units[0], executable=()),)), activate=True)
    assert problems(shared) == {"web": None}


@pytest.mark.usefixtures("store")
def test_a_unit_that_systemd_never_read_and_one_that_the_stack_lost(shared: Shared) -> None:
    put(shared, stack(OLD, db="sleep 1000"), activate=True)
    put(shared, stack(OLD, web="sleep 1000"), activate=False)
    assert problems(shared) == {
        "web": "it should run, and does not",
        "db": "gen-002 has no such unit, and it runs",
    }
