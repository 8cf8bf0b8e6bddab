"""Exposure in `service plan`, and `maxExposure` in plan, deploy and apply."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from stacks_on_disk import tree

from punix.backends.systemd.backend import BACKEND

from ..conftest import Punix

PROGRAM = """
module Hello {
  pname = "hello" version = "1.0"
  recipe = "std.shell"
  recipeArgs = { command = "install -D /bin/true $OUTPUT/bin/hi" }
}
module Site {
  backend = "systemd"
  LIMIT
  services = [
    { name = "web" package = "Hello" binary = "hi" hardening = "WEB" socket = SOCKET },
    { name = "worker" package = "Hello" binary = "hi" hardening = "strict" }
  ]
}
"""
SOCKET = '{ listenStream = ["127.0.0.1:4711"] }'


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without systemd's tools: every other program is there."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for path in map(Path, os.environ["PATH"].split(":")):
        for program in path.iterdir() if path.is_dir() else ():
            link = folder / program.name
            if program.name != "systemd-analyze" and not link.is_symlink():
                link.symlink_to(program)
    monkeypatch.setenv("PATH", str(folder))


def write(web: str, limit: str = "") -> None:
    text = PROGRAM.replace("WEB", web).replace("= SOCKET", f"= {SOCKET}")
    Path("site.pcl").write_text(text.replace("LIMIT", limit))


def exposures(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if "exposure" in line]


@pytest.mark.sandbox
@pytest.mark.systemd
def test_a_plan_shows_what_changes(punix: Punix, roots: tuple[str, ...]) -> None:
    command = ("service", "plan", "Site", "--file", "site.pcl", *roots)
    write("none")
    first = punix(*command)
    assert exposures(first.out) == ["exposure 9.6: web.service", "exposure 1.4: worker.service"]
    assert punix("service", "deploy", "Site", "--file", "site.pcl", *roots).code == 0
    assert exposures(punix(*command).out) == []
    write("default")
    assert exposures(punix(*command).out) == ["exposure 9.6 → 1.9: web.service"]
    document = json.loads(punix(*command, "--format", "json").out)
    assert {one["unit"]: one["exposure"] for one in document["units"]} == {
        "web.service": {"before": 9.6, "after": 1.9},
        "web.socket": None,
        "worker.service": None,
    }
    assert document["unmeasured"] is None


@pytest.mark.systemd
@pytest.mark.parametrize("verb", ["plan", "deploy"])
def test_what_is_above_the_limit_is_refused_and_nothing_changes(
    verb: str, punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    write("none", 'maxExposure = "1.3"')
    before = tree(tmp_path)
    outcome = punix("service", verb, "Site", "--file", "site.pcl", *roots)
    assert (outcome.code, outcome.out) == (1, "")
    assert [line for line in outcome.err.splitlines() if "[E38]" in line or "hint" in line] == [
        "site.pcl:11:5: error: [E38] unit 'web.service': exposure 9.6 is above 1.3",
        "  hint: what would lower it most: CapabilityBoundingSet, SystemCallFilter, "
        "RestrictAddressFamilies",
        "site.pcl:12:5: error: [E38] unit 'worker.service': exposure 1.4 is above 1.3",
        "  hint: what would lower it most: PrivateNetwork, RestrictAddressFamilies, User",
    ]
    assert "site.pcl:9:17: note: the limit is set here" in outcome.err
    assert tree(tmp_path) == before


@pytest.mark.sandbox
@pytest.mark.systemd
def test_a_limit_holds_for_units_that_do_not_change(punix: Punix, roots: tuple[str, ...]) -> None:
    write("default", 'maxExposure = "1.9"')
    assert punix("service", "deploy", "Site", "--file", "site.pcl", *roots).code == 0
    write("default", 'maxExposure = "1.8"')
    outcome = punix("service", "plan", "Site", "--file", "site.pcl", *roots)
    assert outcome.code == 1
    assert "[E38] unit 'web.service': exposure 1.9 is above 1.8" in outcome.err
    assert "worker" not in outcome.err


@pytest.mark.systemd
def test_what_was_saved_is_held_against_its_limit_again(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("default", 'maxExposure = "2.0"')
    plan = ("service", "plan", "Site", "--file", "site.pcl", "--plan", "plan.json")
    assert punix(*plan, *roots).code == 0
    newer = Path("systemd-analyze")
    score = "-> Overall exposure level for %d.service: 2.1 OK"
    newer.write_text(f"#!/bin/sh\nprintf -- '{score}\\n' 0 1\n")
    newer.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    before = tree(tmp_path)
    outcome = punix("service", "apply", "plan.json", *roots)
    assert (outcome.code, outcome.out) == (1, "")
    assert "[E38] unit 'web.service': exposure 2.1 is above 2.0" in outcome.err
    assert tree(tmp_path) == before


@pytest.mark.usefixtures("bare")
def test_without_the_tool_a_plan_says_so(punix: Punix, roots: tuple[str, ...]) -> None:
    write("default")
    command = ("service", "plan", "Site", "--file", "site.pcl", *roots)
    outcome = punix(*command)
    assert outcome.code == 0
    assert exposures(outcome.out) == ["exposure not measured: systemd-analyze is not there"]
    document = json.loads(punix(*command, "--format", "json").out)
    assert document["unmeasured"] == "systemd-analyze is not there"
    assert [one["exposure"] for one in document["units"]] == [None, None, None]


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("verb", ["plan", "deploy"])
def test_without_the_tool_a_limit_is_an_error(
    verb: str, punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    write("default", 'maxExposure = "2.0"')
    before = tree(tmp_path)
    outcome = punix("service", verb, "Site", "--file", "site.pcl", *roots)
    assert (outcome.code, outcome.out) == (1, "")
    lines = outcome.err.splitlines()
    assert lines[0] == (
        "site.pcl:9:17: error: [E38] exposure cannot be measured: systemd-analyze is not there"
    )
    assert lines[-1] == (
        "  hint: install systemd 250 or later on this machine, or leave maxExposure out"
    )
    assert tree(tmp_path) == before


@pytest.mark.sandbox
@pytest.mark.usefixtures("bare")
def test_without_the_tool_and_a_limit_a_deploy_goes_on(
    punix: Punix, roots: tuple[str, ...]
) -> None:
    write("default")
    assert punix("service", "deploy", "Site", "--file", "site.pcl", *roots).code == 0


@pytest.fixture
def blind(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend `blind`, whose units nothing measures."""
    backend = SimpleNamespace(
        name="blind",
        emit=BACKEND.emit,
        transition=BACKEND.transition,
        secret=BACKEND.secret,
        too_new=BACKEND.too_new,
        hidden_folders=BACKEND.hidden_folders,
        bearing=None,
    )
    monkeypatch.setitem(sys.modules, "offered", SimpleNamespace(backend=backend))
    install("punix.backends", ("blind", "offered:backend"))


def use_blind() -> None:
    program = Path("site.pcl")
    program.write_text(program.read_text().replace('"systemd"', '"blind"'))


@pytest.mark.usefixtures("blind")
def test_with_a_backend_that_measures_none_a_plan_says_so(
    punix: Punix, roots: tuple[str, ...]
) -> None:
    write("default")
    use_blind()
    outcome = punix("service", "plan", "Site", "--file", "site.pcl", *roots)
    assert outcome.code == 0
    assert exposures(outcome.out) == ["exposure not measured: backend 'blind' measures none"]


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize("verb", ["plan", "deploy"])
def test_with_a_backend_that_measures_none_a_limit_is_an_error(
    verb: str, punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    write("default", 'maxExposure = "2.0"')
    use_blind()
    before = tree(tmp_path)
    outcome = punix("service", verb, "Site", "--file", "site.pcl", *roots)
    assert (outcome.code, outcome.out) == (1, "")
    lines = outcome.err.splitlines()
    assert lines[0] == (
        "site.pcl:9:17: error: [E38] exposure cannot be measured: backend 'blind' measures none"
    )
    assert lines[-1] == "  hint: leave maxExposure out"
    assert tree(tmp_path) == before
