"""`service status` as a person and a program meet it; the manager is that of tests/managed.py."""

import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from faults import Killed
from managed import BROKEN, Managed, pid

from punix.runtime.deploy.target.transport import Run

from ..conftest import Outcome, Punix
from .managed_site import edit, written


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.chdir(tmp_path)
    return written(tmp_path)


def deploy(punix: Punix, roots: tuple[str, ...], *more: str) -> Outcome:
    found = punix("service", "deploy", "Site", "--file", "site.pcl", *more, *roots)
    assert found.code in (0, 4), found.err
    return found


def lines(outcome: Outcome) -> list[str]:
    """What was said, without how long ago it was."""
    return [line.split(" since ")[0].rstrip(",") for line in outcome.out.splitlines()]


def runs(root: Path, unit: str, *words: str) -> None:
    """Let the main process of a unit run something."""
    folder = root / f"proc/{pid(unit)}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup").write_text(f"0::/system.slice/{unit}\n")
    (folder / "cmdline").write_text("\0".join((*words, "")))
    (folder / "exe").unlink(missing_ok=True)
    (folder / "exe").symlink_to(words[0])


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_all_that_is_as_wanted(punix: Punix, roots: tuple[str, ...]) -> None:
    deploy(punix, roots, "--activate")
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)) == (
        0,
        [
            "Site: gen-001 is live",
            f"  db.service   active (running), pid {pid('db.service')}",
            f"  web.service  active (running), pid {pid('web.service')}",
            "Site: 2 unit(s) as gen-001 wants",
        ],
    )


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_unit_that_runs_an_older_generation_is_named_until_it_restarts(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots, "--activate")
    edit('"one"', '"two"')
    deploy(punix, roots)
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)) == (
        5,
        [
            "Site: gen-002 is live",
            "activation behind: gen-001 runs, gen-002 is live",
            f"  db.service   active (running), pid {pid('db.service')}",
            f"  web.service  active (running), pid {pid('web.service')}",
            "    runs as of gen-001: its unit changed (site.pcl:10)",
            "Site: 1 of 2 unit(s) not as gen-002 wants",
        ],
    )
    manager = Managed(f"{tmp_path}/root")
    manager.run(["systemctl", "daemon-reload"], 1)
    manager.run(["systemctl", "restart", "web.service"], 1)
    found = punix("service", "status", "Site", *roots)
    assert (found.code, "activation behind" in found.out) == (0, True)


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_what_began_as_no_activation_knows_is_looked_up_in_the_history(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    """Units are started by hand; the generation that changed one is neither live nor active."""
    manager = Managed(f"{tmp_path}/root")
    deploy(punix, roots)
    manager.run(["systemctl", "start", "db.service", "web.service"], 1)
    edit('"one"', '"two"')
    deploy(punix, roots)
    manager.run(["systemctl", "daemon-reload"], 1)
    manager.run(["systemctl", "restart", "web.service"], 1)
    deploy(punix, roots)
    assert punix("service", "status", "Site", *roots).code == 0
    edit('"two"', '"three"')
    deploy(punix, roots)
    found = punix("service", "status", "Site", *roots)
    assert "    runs as of gen-002: its unit changed (site.pcl:10)" in lines(found)
    (tmp_path / "root/srv/deploys/Site/history.jsonl").unlink()
    found = punix("service", "status", "Site", *roots)
    assert "    may run as it was before: its unit changed (site.pcl:10)" in lines(found)


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_what_does_not_run_failed_or_is_left_over(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots, "--activate")
    manager = Managed(f"{tmp_path}/root")
    edit('"one"', f'"{BROKEN}"')
    deploy(punix, roots, "--activate", "--no-rollback")
    told = lines(punix("service", "status", "Site", *roots))
    assert told[1:-1] == [
        "activation behind: gen-001 runs, gen-002 is live",
        f"  db.service   active (running), pid {pid('db.service')}",
        "  web.service  failed (exit-code)",
        "    it failed",
    ]
    edit('    { name = "db" package = "Hello" binary = "hi" },\n', "")
    edit(f'"{BROKEN}"] dependsOn = ["db"]', '"two"]')
    deploy(punix, roots)
    told = lines(punix("service", "status", "Site", *roots))
    assert told[2:-1] == [
        "  web.service  failed (exit-code)",
        "    it failed",
        f"  db.service   active (running), pid {pid('db.service')}",
        "    gen-003 has no such unit, and it runs",
    ]
    manager.run(["systemctl", "stop", "db.service"], 1)
    manager.run(["systemctl", "reset-failed", "web.service"], 1)
    told = lines(punix("service", "status", "Site", *roots))
    assert told[2:] == [
        "  web.service  inactive (dead)",
        "    it should run, and does not",
        "Site: 1 of 1 unit(s) not as gen-003 wants",
    ]


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_what_a_process_runs_is_held_against_the_store_paths(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots, "--activate")
    mine = punix("store", "path", "site.pcl", "Hello", *roots[:2]).out.strip()
    root, other = tmp_path / "root", f"{tmp_path}/store/{'a' * 32}-hi-1.0/bin/hi"
    runs(root, "db.service", f"{mine}/bin/hi")
    runs(root, "web.service", "/bin/sh", f"{mine}/bin/hi", "one")
    assert punix("service", "status", "Site", *roots).code == 0
    runs(root, "web.service", "/bin/sh", other, "one")
    found = punix("service", "status", "Site", *roots)
    assert found.code == 5
    assert f"    it runs '{other}', which gen-001 does not use" in found.out.splitlines()
    (root / f"proc/{pid('web.service')}/cgroup").write_text("0::/somewhere/else\n")
    assert punix("service", "status", "Site", *roots).code == 0


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_restart_without_reading_unit_files_does_not_count(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots, "--activate")
    edit("/bin/true", "/bin/false")
    deploy(punix, roots)
    Managed(f"{tmp_path}/root").run(["systemctl", "restart", "db.service"], 1)
    found = punix("service", "status", "Site", *roots)
    assert found.code == 5
    assert lines(found)[3] == (
        "    systemd has an older file in mind: `systemctl daemon-reload` lets it read this"
    )


@pytest.mark.sandbox
def test_a_folder_has_no_units_to_look_at(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)) == (
        0,
        [
            "Site: gen-001 is live",
            "  db.service   not looked at",
            "  web.service  not looked at",
            f"Site: units were not looked at: '{tmp_path}/root' is a folder: "
            "no service manager runs what lies in it",
        ],
    )


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_the_document(punix: Punix, roots: tuple[str, ...]) -> None:
    deploy(punix, roots, "--activate")
    found = json.loads(punix("service", "status", *roots, "--format", "json").out)
    assert (found["version"], [stack["stack"] for stack in found["stacks"]]) == (1, ["Site"])
    stack = found["stacks"][0]
    assert (stack["as_wanted"], stack["live"], stack["active"]) == (True, 1, 1)
    assert stack["live_since"].endswith("Z")
    unit: dict[str, Any] = stack["units"][1]
    assert unit.pop("since") == unit.pop("began") != None  # noqa: E711  # both are there
    assert unit == {
        "unit": "web.service",
        "service": "web",
        "wanted": True,
        "problem": None,
        "load": "loaded",
        "state": "active",
        "substate": "running",
        "result": "success",
        "pid": pid("web.service"),
        "executable": None,
    }


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_what_only_a_timer_starts_need_not_run(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    edit('args = ["one"]', 'timer = { onCalendar = "daily" }')
    deploy(punix, roots, "--activate")
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)[2:]) == (
        0,
        [
            "  web.service  inactive (dead)",
            f"  web.timer    active (running), pid {pid('web.timer')}",
            "Site: 3 unit(s) as gen-001 wants",
        ],
    )
    Managed(f"{tmp_path}/root").run(["systemctl", "stop", "web.timer"], 1)
    found = punix("service", "status", "Site", *roots)
    assert found.code == 5
    assert lines(found)[3:5] == [
        "  web.timer    inactive (dead)",
        "    it should run, and does not",
    ]


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_job_under_way_may_be_the_older_one(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    edit('args = ["one"]', 'timer = { onCalendar = "daily" }')
    deploy(punix, roots, "--activate")
    Managed(f"{tmp_path}/root").run(["systemctl", "start", "web.service"], 1)
    older = f"{tmp_path}/store/{'a' * 32}-hi-1.0/bin/hi"
    runs(tmp_path / "root", "web.service", older)
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)[-1]) == (0, "Site: 3 unit(s) as gen-001 wants")


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_an_activation_that_was_killed(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(punix, roots, "--activate")
    edit('"one"', '"two"')
    run = Managed.run

    def dies(self: Managed, command: Sequence[str], seconds: float) -> Run:
        if "restart" in command:
            raise Killed
        return run(self, command, seconds)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Managed, "run", dies)
        deploy(punix, roots, "--activate")
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)[1:3]) == (
        5,
        ["activation interrupted", "activation behind: gen-001 runs, gen-002 is live"],
    )
    assert "    may run as it was before: its unit changed (site.pcl:10)" in lines(found)
    deploy(punix, roots, "--activate")
    assert punix("service", "status", "Site", *roots).code == 0


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_who_may_not_write_is_told_what_waits(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(punix, roots, "--activate")

    def refused(_: Managed, path: str, *__: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(Managed, "hold", refused)
    assert punix("service", "status", "Site", *roots).code == 0
    (tmp_path / "root/srv/deploys/Site/journal.json").write_text("{")
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)[1]) == (5, "recovery pending")
    assert "Site: 2 unit(s) as gen-001 wants" in found.out


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_what_is_under_way(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    deploy(punix, roots, "--activate")
    transport = Managed(f"{tmp_path}/root")
    with transport.hold("/srv/deploys/Site/lock", 0, None):
        found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)[1]) == (
        5,
        f"in progress (pid {os.getpid()} on {os.uname().nodename})",
    )


def test_a_stack_that_is_not_there(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    found = punix("service", "status", *roots)
    wanted = f"no stack was deployed in '{tmp_path}/root/srv/deploys'\n"
    assert (found.code, found.err) == (0, wanted)
    (tmp_path / "root/srv/deploys/Site").mkdir(parents=True)
    for command in ("status", "list"):
        found = punix("service", command, "Stie", *roots)
        assert (found.code, found.err.splitlines()) == (
            1,
            [
                "error: [E26] no stack 'Stie' was deployed here",
                f"  hint: did you mean 'Site'? looked at '{tmp_path}/root/srv/deploys/Stie'",
            ],
        )


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_systemd_that_is_too_old_or_does_not_answer(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(punix, roots, "--activate")
    said = "systemctl: unrecognized option '--timestamp=us+utc'\nmore\n"
    monkeypatch.setattr(Managed, "run", lambda *_: Run(1, said))
    found = punix("service", "status", "Site", *roots)
    assert (found.code, lines(found)[-1]) == (
        0,
        "Site: units were not looked at: systemctl: unrecognized option '--timestamp=us+utc'",
    )


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_an_older_generation_that_is_damaged_is_in_nobodys_way(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    deploy(punix, roots, "--activate")
    (tmp_path / "root/srv/deploys/Site/gen-001.json").write_text("{}")
    assert punix("service", "status", "Site", *roots).code == 0
    assert "[E27]" in punix("service", "list", "Site", *roots).err


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_what_was_purged_is_not_among_the_stacks(punix: Punix, roots: tuple[str, ...]) -> None:
    deploy(punix, roots)
    assert punix("service", "remove", "Site", *roots).code == 0
    assert lines(punix("service", "status", *roots))[0] == "Site: nothing is live"
    assert punix("service", "remove", "Site", "--purge", *roots).code == 0
    found = punix("service", "status", *roots)
    assert (found.code, found.out) == (0, "")
    assert found.err.startswith("no stack was deployed in ")
