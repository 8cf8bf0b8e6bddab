"""`--events`: what a command does, as lines of JSON, while it does it."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
from command import COMMAND
from managed import BROKEN

from punix.runtime.deploy.target.steps import Kind

from ..conftest import Punix, finish, spawn
from .managed_site import site, written

STACK = site("""{
    name = "web" package = "Hello" binary = "hi" args = ["one"]
    environment = { TOKEN = { from_env = "TOKEN" } }
  }""")
KEYS = [
    *("version", "at", "command", "stack", "event", "state"),
    *("generation", "unit", "package", "message", "exit"),
]


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", "s3cret")
    return written(tmp_path, STACK)


def documents(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    assert all(list(document) == KEYS for document in found)
    assert [document["at"] for document in found] == sorted(document["at"] for document in found)
    return found


def ends(text: str) -> list[str]:
    """What ended, and how."""
    return [
        " ".join(
            str(document[key])
            for key in ("event", "unit", "generation", "state")
            if document[key] is not None
        )
        for document in documents(text)
        if document["state"] != "begun"
    ]


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_deploy_from_build_to_units(punix: Punix, roots: tuple[str, ...]) -> None:
    arguments = ["service", "deploy", "Site", "--file", "site.pcl", "--activate", *roots]
    found = punix(*arguments, "--events", "events.ndjson")
    assert found.code == 0, found.err
    text = Path("events.ndjson").read_text()
    assert ends(text) == [
        "build done",
        "secrets done",
        "lock done",
        "stage 1 done",
        "commit 1 done",
        "reconcile 1 done",
        "read-units 1 done",
        "start web.service 1 done",
        "trim done",
        "command done",
    ]
    first, *_, last = documents(text)
    assert (first["version"], first["command"], first["stack"], first["event"]) == (
        1,
        "deploy",
        "Site",
        "command",
    )
    assert (last["exit"], last["message"]) == (0, None)
    assert documents(text)[1]["package"].endswith("-Hello-0")
    assert "s3cret" not in text


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_a_failure_that_is_taken_back(punix: Punix, roots: tuple[str, ...]) -> None:
    deploy = ["service", "deploy", "Site", "--file", "site.pcl", "--activate", *roots]
    assert punix(*deploy).code == 0
    Path("site.pcl").write_text(STACK.replace('"one"', f'"{BROKEN}"'))
    found = punix(*deploy, "--events", "-")
    assert found.code == 4
    assert "not activated: stack Site gen-002: gen-001 is live again" in found.err
    assert ends(found.out)[-9:] == [
        "read-units 2 done",
        "restart web.service 2 failed",
        "commit 1 done",
        "reconcile 1 done",
        "read-units 1 done",
        "restart web.service 1 done",
        "back 1 done",
        "trim done",
        "command failed",
    ]
    assert documents(found.out)[-1]["exit"] == 4


@pytest.mark.sandbox
@pytest.mark.usefixtures("managed")
def test_every_command_that_changes_a_stack_tells(punix: Punix, roots: tuple[str, ...]) -> None:
    plan = ["service", "plan", "Site", "--file", "site.pcl", "--plan", "plan.json", *roots]
    assert punix(*plan).code == 0
    for command in (
        ["apply", "plan.json"],
        ["deploy", "Site", "--file", "site.pcl"],
        ["rollback", "Site"],
        ["rollback", "Site", "--to", "1", "--refresh-secrets"],
        ["switch", "Site", "2"],
        ["remove", "Site"],
    ):
        found = punix("service", *command, "--activate", "--events", "-", *roots)
        assert found.code == 0, found.err
        told = documents(found.out)
        assert {(one["command"], one["stack"]) for one in told} == {(command[0], "Site")}
        assert [told[0]["event"], told[-1]["event"]] == ["command", "command"]
        assert {"lock", "commit", "reconcile"} <= {one["event"] for one in told}


@pytest.mark.sandbox
def test_what_ends_a_command_is_told(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy = ["service", "deploy", "Site", "--file", "site.pcl", *roots, "--events", "-"]
    last = documents(punix(*deploy, "--activate").out)[-1]
    assert (last["event"], last["state"], last["exit"]) == ("command", "failed", 1)
    assert "[E34]" in last["message"]
    last = documents(punix(*deploy, "--no-rollback").out)[-1]
    assert (last["exit"], last["message"]) == (2, "--no-rollback goes with --activate")
    Path("site.pcl").write_text(STACK.replace("install", "exit 7; install"))
    told = documents(punix(*deploy).out)
    assert [(one["event"], one["state"]) for one in told[-2:]] == [
        ("build", "failed"),
        ("command", "failed"),
    ]
    assert (told[-1]["exit"], "rc=7" in told[-2]["message"]) == (3, True)
    monkeypatch.delenv("TOKEN")
    assert "TOKEN" in documents(punix(*deploy).out)[-1]["message"]


@pytest.mark.sandbox
def test_who_reads_no_more_ends_no_deploy(roots: tuple[str, ...]) -> None:
    deploy = ["service", "deploy", "Site", "--file", "site.pcl", *roots]
    full = finish(spawn(*deploy, "--events", "/dev/full"))
    assert (full.code, "deployed: stack Site → gen-001" in full.out) == (0, True)
    assert full.err.count("warning: no more events are written: No space left on device") == 1
    reading, writing = os.pipe()
    os.close(reading)
    told = subprocess.run(
        [*COMMAND, *deploy, "--events", "-"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    os.close(writing)
    assert "warning: no more events are written: Broken pipe" in told.stderr
    assert "deployed: stack Site → gen-002" in told.stderr


def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    found = punix(
        *("service", "deploy", "Site", "--file", "site.pcl", *roots),
        *("--events", "no/such/folder/events"),
    )
    assert found.code == 1
    assert found.err.startswith("error: [E29] no/such/folder/events: No such file or directory")
    assert not (tmp_path / "store").exists()


def test_the_page_has_every_event_and_every_field() -> None:
    page = (Path(__file__).parents[3] / "docs/events.md").read_text()
    first = re.findall(r"^\| (`.*?) \| ", page, re.MULTILINE)
    named = [name for cell in first for name in re.findall(r"`([^`]+)`", cell)]
    heads = ["event"]  # of the second table
    assert sorted(named) == sorted([*KEYS, *heads, "command", "build", *get_args(Kind)])
