"""`--bootstrap`: the same in every command, and only about what the command needs."""

from pathlib import Path

import pytest

from ..conftest import Punix

PROGRAM = """\
module Fine {
  recipe = "std.shell"
  recipeArgs = { command = "touch $OUTPUT/x" }
}
module Tool {
  recipe = "std.binary"
}
module User {
  recipe = "std.shell"
  recipeArgs = { command = "true" }
  deps = [Tool.pname]
}
module Good { backend = "systemd" storeModules = ["Fine"] }
module Bad { backend = "systemd" storeModules = ["User"] }
"""
FAST = ("--bootstrap", "fast")
ERROR = "p.pcl:6:12: error: [E9] package 'Tool' starts from ready-made programs"


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUNIX_HOME", str(tmp_path))
    Path("p.pcl").write_text(PROGRAM, encoding="utf-8")


REACHES = [
    ("build", "p.pcl"),
    ("build", "p.pcl", "--only", "Fine,User"),
    ("build", "p.pcl", "--dry-run"),
    ("store", "path", "p.pcl", "User"),
    ("compile", "p.pcl"),
    ("compile", "p.pcl", "--emit", "closure"),
    ("compile", "p.pcl", "--emit", "plan", "--stack", "Bad"),
    ("service", "deploy", "Bad", "--file", "p.pcl", "--dry-run"),
    ("service", "plan", "Bad", "--file", "p.pcl"),
    ("service", "plan", "Bad", "--file", "p.pcl", "--plan", "saved.json"),
]


@pytest.mark.parametrize("command", REACHES)
def test_every_command_that_builds_or_names_refuses(punix: Punix, command: tuple[str, ...]) -> None:
    outcome = punix(*command)
    assert (outcome.code, outcome.err.splitlines()[0].partition(",")[0]) == (1, ERROR)
    assert outcome.err.count("[E9]") == 1
    assert not Path("store").exists()
    assert not Path("saved.json").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("check", "p.pcl"),
        ("build", "p.pcl", "--only", "Fine", "--dry-run"),
        ("store", "path", "p.pcl", "Fine"),
        ("compile", "p.pcl", "--emit", "program"),
        ("compile", "p.pcl", "--emit", "plan", "--stack", "Good"),
    ],
)
def test_what_is_not_reached_is_not_refused(punix: Punix, command: tuple[str, ...]) -> None:
    assert punix(*command).err == ""


def test_a_dry_run_names_the_path_that_every_mode_gives(
    punix: Punix, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, allowed = (punix("build", "p.pcl", "--dry-run", *more) for more in ((), FAST))
    assert (refused.code, allowed.code) == (1, 0)
    assert refused.out == allowed.out
    monkeypatch.setenv("PUNIX_BOOTSTRAP_MODE", "fast")
    assert punix("build", "p.pcl", "--dry-run").code == 0


def test_an_unknown_stack_is_told_before_what_others_start_from(punix: Punix) -> None:
    outcome = punix("service", "deploy", "Gud", "--file", "p.pcl", "--dry-run")
    assert outcome.err.startswith("error: [E26] no stack 'Gud' in the program")
