"""`--activate` as a person meets it; the manager is that of tests/managed.py."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from managed import BROKEN, SICK, Managed, running

from punix.runtime.deploy.target.transport import Run

from ..conftest import Punix
from .managed_site import edit, written


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.chdir(tmp_path)
    return written(tmp_path)


def deploy(punix: Punix, roots: tuple[str, ...], *more: str) -> tuple[int, str, list[str]]:
    found = punix("service", "deploy", "Site", "--file", "site.pcl", *more, *roots)
    return found.code, found.out, found.err.splitlines()


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_failure_is_told_with_what_runs_now(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    assert deploy(punix, roots, "--activate")[0] == 0
    before = running(tmp_path / "root")
    assert sorted(before) == ["db.service", "web.service"]
    edit('"one"', f'"{BROKEN}"')
    code, out, err = deploy(punix, roots, "--activate")
    assert (code, out) == (
        4,
        "not activated: stack Site gen-002: gen-001 is live again, and its units run\n",
    )
    assert err[-3:] == [
        "error: [E35] unit 'web.service' of gen-002: failed (exit-code)",
        "  hint: `journalctl -u web.service` has more",
        "  | its last words",
    ]
    assert running(tmp_path / "root") == before
    told = punix("service", "list", "Site", "--history", *roots).out.splitlines()
    assert told[-1].endswith("deploy  gen-001 → gen-002  activation failed")


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_failure_that_is_no_units(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Managed.run

    def run(self: Managed, command: Sequence[str], seconds: float) -> Run:
        if command[0] == "systemd-tmpfiles":
            return Run(1, "cannot make it\n")
        return real(self, command, seconds)

    monkeypatch.setattr(Managed, "run", run)
    edit('args = ["one"]', 'tmpfiles = ["d /run/web"]')
    code, _, err = deploy(punix, roots, "--activate")
    assert code == 4
    assert err[-2:] == [
        "error: [E35] activation of gen-001: not all of tmpfiles was made",
        "  | cannot make it",
    ]


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_what_is_not_well_is_told_with_what_it_answered(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    edit('"one"]', '"one"] health = { exec = ["/ask", "web.service"] within = 1 settle = 0 }')
    planned = ("service", "plan", "Site", "--file", "site.pcl", *roots)
    assert "  then asked for their health: web.service" in punix(*planned).out.splitlines()
    told = json.loads(punix(*planned, "--format", "json").out)["units"]
    wanted = {"asked": "/ask", "within": 1, "settle": 0}
    assert [(one["unit"], one["health"]) for one in told] == [
        ("db.service", None),
        ("web.service", wanted),
    ]
    assert deploy(punix, roots, "--activate")[0] == 0
    before = running(tmp_path / "root")
    edit('"one"', f'"{SICK}"')
    code, out, err = deploy(punix, roots, "--activate")
    assert (code, out) == (
        4,
        "not activated: stack Site gen-002: gen-001 is live again, and its units run\n",
    )
    assert err[-3:] == [
        "error: [E40] unit 'web.service' of gen-002 is not well: "
        "/ask: ended with 3: it is sick; it had 1 s",
        "  hint: it is active (running); `journalctl -u web.service` has more",
        "  | its last words",
    ]
    assert running(tmp_path / "root") == before


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_units_that_lag_behind_are_named(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    assert deploy(punix, roots, "--activate")[0] == 0
    edit('"one"', '"two"')
    code, _, err = deploy(punix, roots)
    assert (code, err[-1]) == (
        0,
        "web.service still runs as before: --activate, or `systemctl`, changes that",
    )
    done = punix("service", "switch", "Site", "2", "--activate", *roots)
    assert (done.code, "still runs" in done.err) == (0, False)
    assert "two" in running(tmp_path / "root")["web.service"]
    assert punix("service", "rollback", "Site", "--activate", *roots).code == 0
    assert "one" in running(tmp_path / "root")["web.service"]
    assert punix("service", "remove", "Site", "--activate", *roots).code == 0
    assert running(tmp_path / "root") == {}


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_saved_plan_is_activated(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    punix("service", "plan", "Site", "--file", "site.pcl", "--plan", "plan.json", *roots)
    assert punix("service", "apply", "plan.json", "--activate", *roots).code == 0
    assert sorted(running(tmp_path / "root")) == ["db.service", "web.service"]


def test_a_folder_has_no_manager(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    code, out, err = deploy(punix, roots, "--activate")
    assert (code, out) == (1, "")
    assert err == [
        f"error: [E34] '{tmp_path}/root' is a folder: no service manager runs what lies in it",
        "  hint: without --activate only files change, and units are yours",
    ]
    assert not (tmp_path / "store").exists()


def test_a_machine_without_systemd(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punix.cli.service.barrier.BOOTED", "/no/such/folder")
    for command in (
        ["deploy", "Site", "--file", "site.pcl"],
        ["rollback", "Site"],
        ["switch", "Site", "1"],
    ):
        outcome = punix("service", *command, "--activate", *roots[:4])
        assert outcome.code == 1
        first = Path("/proc/1/comm").read_text().strip()
        assert outcome.err.splitlines() == [
            f"error: [E34] no systemd runs this machine: process 1 is '{first}'",
            "  hint: in a container, make systemd its first process; without --activate only "
            "files change, and units are yours",
        ]


@pytest.mark.parametrize(
    ("systemctl", "wanted"),
    [
        (None, "no 'systemctl' in the PATH"),
        ("echo Failed to connect to bus; exit 1", "systemd does not answer: Failed to connect"),
    ],
)
def test_a_systemd_that_cannot_be_asked(
    punix: Punix,
    roots: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    systemctl: str | None,
    wanted: str,
) -> None:
    monkeypatch.setattr("punix.cli.service.barrier.BOOTED", "/")
    monkeypatch.setenv("PATH", os.getcwd())
    if systemctl is not None:
        Path("systemctl").write_text(f"#!/bin/sh\n{systemctl}\n")
        Path("systemctl").chmod(0o755)
    code, _, err = deploy(punix, roots[:4], "--activate")
    assert (code, err[0].startswith(f"error: [E34] {wanted}")) == (1, True)
    assert not Path("store").exists()


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        (["--dry-run", "--activate"], "--dry-run starts nothing: leave --activate out"),
        (["--no-rollback"], "--no-rollback goes with --activate"),
    ],
)
def test_options_that_do_not_go_together(
    punix: Punix, roots: tuple[str, ...], more: list[str], wanted: str
) -> None:
    code, _, err = deploy(punix, roots, *more)
    assert code == 2
    assert f"error: {wanted}" in err
