"""Settings: flag, variable, project's file, user's file, default, in this order; mistakes."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

from punix.cli.config.files import SETTINGS
from punix.cli.group import load
from punix.cli.table import COMMANDS

from ..conftest import Punix

PROGRAM = 'module A { recipe = "std.binary" }\n'


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the current folder; returns where the user's file would be."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.pcl").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.chdir(project)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "punix"
    folder.mkdir(parents=True)
    return folder / "config.toml"


def write(path: Path, *lines: str) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def shown(punix: Punix, *arguments: object) -> dict[str, dict[str, Any]]:
    outcome = punix("config", "--format", "json", *arguments)
    assert outcome.code == 0, outcome.err
    return {row["name"]: row for row in json.loads(outcome.out)["settings"]}


def test_what_comes_first_holds_and_is_named(
    punix: Punix, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def jobs(*arguments: object) -> tuple[object, object, object]:
        row = shown(punix, *arguments)["jobs"]
        return row["value"], row["from"], row["place"]

    assert jobs()[1:] == ("default", None)
    write(user, "", "jobs = 2")
    assert jobs() == (2, "file", f"{user}:2")
    write(Path("punix.toml"), "jobs = 3")
    assert jobs() == (3, "file", "punix.toml:1")
    monkeypatch.setenv("PUNIX_JOBS", "4")
    assert jobs() == (4, "environment", "PUNIX_JOBS")
    assert jobs("--jobs", "5") == (5, "flag", "--jobs")


def test_a_limit_that_holds_by_default_is_shown(punix: Punix) -> None:
    assert f"max-log            {64 * 2**20} " in punix("config").out


def test_files_reach_the_commands(punix: Punix, user: Path) -> None:
    write(user, 'store-root = "there"')
    write(Path("punix.toml"), 'bootstrap = "fast"')
    outcome = punix("build", "--dry-run")
    assert outcome.out.startswith(f"ok\tA\t{user.parent}/there/")
    assert punix("build", "--dry-run", "--bootstrap", "source").code == 1


def test_the_projects_file_is_beside_the_program(
    punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Path("punix.toml"), 'scenario = "s"')
    project = Path.cwd()
    monkeypatch.chdir(tmp_path)
    assert shown(punix)["scenario"]["from"] == "default"
    assert shown(punix, project)["scenario"]["place"] == f"{project}/punix.toml:1"
    assert "unknown scenario 's'" in punix("check", project / "a.pcl").err
    deploy = punix("service", "deploy", "S", "--dry-run", "--file", "project/a.pcl")
    assert "unknown scenario 's'" in deploy.err


def test_commands_without_a_program_read_no_projects_file(punix: Punix, tmp_path: Path) -> None:
    write(Path("punix.toml"), "not toml")
    assert "there is no store" in punix("store", "info", "--store-root", tmp_path / "store").err
    assert punix("build", "--help").code == 0
    assert "no option '--hlp'" in punix("build", "--hlp").err
    assert punix("check").code == 1


@pytest.mark.parametrize(
    ("mine", "theirs", "holds"),
    [("source", "fast", "source")] * 1
    + [("fast", "source", "source"), ("seeded", "seeded", "seeded")],
)
def test_a_project_may_only_be_stricter(
    punix: Punix, user: Path, mine: str, theirs: str, holds: str
) -> None:
    write(user, f'bootstrap = "{mine}"')
    write(Path("punix.toml"), f'bootstrap = "{theirs}"')
    assert shown(punix)["bootstrap"]["value"] == holds


def test_every_mistake_is_told_at_its_line(punix: Punix, user: Path) -> None:
    write(user, "jbos = 1", 'wait = "long"', 'sandbox = "of"', "keep = 0", "verify = 1")
    write(Path("punix.toml"), "# ours", 'store-root = "/tmp"', "[build]", "x = 1")
    outcome = punix("config")
    lines = [line for line in outcome.err.splitlines() if ": error: " in line]
    assert (outcome.code, lines) == (
        1,
        [
            f"{user}:1:1: error: [E32] unknown setting 'jbos'",
            f"{user}:2:1: error: [E32] 'wait' takes a number",
            f"{user}:3:1: error: [E32] 'sandbox': 'of' is not one of 'bubblewrap', 'off'.",
            f"{user}:4:1: error: [E32] 'keep': '0' is not a whole number from 1 on",
            f"{user}:5:1: error: [E32] 'verify' takes true or false",
            "punix.toml:2:1: error: [E32] 'store-root' may not be set beside a program",
            "punix.toml:3:1: error: [E32] unknown setting 'build'",
        ],
    )
    assert "hint: did you mean 'jobs'?" in outcome.err


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("jobs = ", "1:6"),
        ("jobs = 1\njobs = 2", "2:8"),
        ('scenario = """', "1:14"),
        ('scenario = """\njbos = 1\n"""\njbos = 1', "4:1"),
        ('"j\\u0062os" = 1', "1:1"),
    ],
)
def test_where_a_file_is_wrong(punix: Punix, text: str, place: str) -> None:
    Path("punix.toml").write_text(text, encoding="utf-8")
    assert punix("check").err.startswith(f"punix.toml:{place}: error: [E32] ")


def test_a_file_that_is_no_text_or_no_file_is_no_bug(punix: Punix) -> None:
    Path("punix.toml").write_bytes(b"jobs = \xff")
    assert "[E32]" in punix("check").err
    Path("punix.toml").unlink()
    Path("punix.toml").mkdir()
    assert punix("check").code == 0


def test_a_variable_for_both_folders_comes_before_a_file(
    punix: Punix, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(user, 'store-root = "/a"')
    monkeypatch.setenv("PUNIX_HOME", "/b")
    row = shown(punix)["store-root"]
    assert (row["value"], row["place"]) == ("/b/store", "PUNIX_HOME")


def test_every_option_has_a_variable(punix: Punix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIX_CHECK_FORMAT", "json")
    monkeypatch.setenv("PUNIX_VERSION", "1.0")
    assert json.loads(punix("check").out)["ok"] is True


def test_settings_are_the_options_that_have_a_variable_of_their_own() -> None:
    own = tuple(re.sub(r"\W", "_", f"PUNIX {entry.path} ".upper()) for entry in COMMANDS)
    found = {
        option.opts[0].removeprefix("--")
        for entry in COMMANDS
        for option in load(entry).params
        if isinstance(option, click.Option) and not str(option.envvar).startswith(own)
    }
    assert found <= SETTINGS.keys(), "say in cli/config/files.py who may set it"


def test_a_program_that_is_not_there_is_an_error(punix: Punix) -> None:
    outcome = punix("config", "jobs", "a.pcl")
    assert (outcome.code, outcome.out, outcome.err.splitlines()) == (
        1,
        "",
        [
            "error: [E29] cannot read 'jobs': No such file or directory",
            "  hint: FILE is a program; without one, all settings are shown",
        ],
    )
