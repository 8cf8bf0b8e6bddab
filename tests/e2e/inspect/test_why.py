"""`punix why`: who set a value, what was overridden, what it is made of."""

import json
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Punix

PROGRAM = """\
module Db {
  option host : Str = "db"
  option port : Int = 5432
  list = [{ name = "a" }, { name = "b" }]
  url = f"http://{host}:{port}/{Hello.out}"
}
module Web {
  Db.host = "other"
  Db.port = force 99
  first = Db.list
}
module Admin { Db.host = "other" }
module Hello {
  recipe = "std.shell"
  recipeArgs = { command = "true" }
}
module Site {
  backend = "systemd"
  services = [{
    name = "web" package = "Hello" binary = "b"
    environment = { PASSWORD = { from_env = "DB_PASSWORD" } URL = Db.url }
  }]
}
scenario production { Db.host = force "db.prod" }
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB_PASSWORD", "hunter2")
    path = Path("a.pcl")
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def test_winner_agreement_and_what_was_overridden(punix: Punix, program: Path) -> None:
    assert punix("why", program, "Db.host").out.splitlines() == [
        'Db.host = "other"',
        "  set         a.pcl:8:3  plain, by Web",
        "  agreed      a.pcl:12:16  plain, by Admin",
        '  overridden  a.pcl:2:10  option default, by Db: "db"',
    ]


def test_a_scenario_overrides_the_base(punix: Punix, program: Path) -> None:
    said = punix("why", program, "Db.host", "--scenario", "production").out.splitlines()
    assert said == [
        'Db.host = "db.prod"',
        "  set         a.pcl:24:23  force, by production",
        '  overridden  a.pcl:2:10  option default, by Db: "db"',
        '  overridden  a.pcl:8:3  plain, by Web: "other"',
        '  overridden  a.pcl:12:16  plain, by Admin: "other"',
    ]


def test_an_f_string_is_made_of_what_its_holes_name(punix: Punix, program: Path) -> None:
    assert punix("why", program, "Db.url").out.splitlines() == [
        'Db.url = f"http://other:99/{Hello.out}"',
        "  set         a.pcl:5:3  derived, by Db",
        '  made of     a.pcl:5:19  Db.host = "other"',
        "  made of     a.pcl:5:26  Db.port = 99",
        "  made of     a.pcl:5:33  Hello.out = Hello.out",
    ]


def test_a_store_path_is_made_of_its_package(punix: Punix, program: Path) -> None:
    assert punix("why", program, "Hello.out").out.splitlines() == [
        "Hello.out = Hello.out",
        "  implied     the store path of the package",
        '  made of     a.pcl:14:3  Hello.recipe = "std.shell"',
        '  made of     a.pcl:15:3  Hello.recipeArgs = { command = "true" }',
    ]


def test_the_way_goes_on_through_references(punix: Punix, program: Path) -> None:
    assert punix("why", program, "Web.first.1.name").out.splitlines() == [
        'Web.first.1.name = "b"',
        "  set         a.pcl:10:3  derived, by Web",
        "  written     a.pcl:4:36",
        '  made of     a.pcl:10:11  Db.list.1.name = "b"',
    ]
    said = punix("why", program, "Site.services.0.environment.URL").out
    assert 'made of     a.pcl:21:67  Db.url = f"http://other:99/{Hello.out}"' in said


def test_a_loop_and_a_choice_are_made_of_what_they_look_at(
    punix: Punix, program: Path, tmp_path: Path
) -> None:
    (tmp_path / "b.pcl").write_text(
        """module Pick {
  names = for x in Db.list where x.name = "b" yield { n = x.name }
  all = if big then Db.list else []
  big = true
}
""",
        encoding="utf-8",
    )
    assert punix("why", tmp_path, "Pick.names.0.n").out.splitlines() == [
        'Pick.names.0.n = "b"',
        f"  set         {tmp_path}/b.pcl:2:3  derived, by Pick",
        f"  written     {tmp_path}/a.pcl:4:36",
        f'  made of     {tmp_path}/b.pcl:2:20  Db.list = [{{ name = "a" }}, {{ name = "b" }}]',
    ]
    assert punix("why", tmp_path, "Pick.all.0").out.splitlines() == [
        'Pick.all.0 = { name = "a" }',
        f"  set         {tmp_path}/b.pcl:3:3  derived, by Pick",
        f"  written     {tmp_path}/a.pcl:4:11",
        f"  made of     {tmp_path}/b.pcl:3:12  Pick.big = true",
        f'  made of     {tmp_path}/b.pcl:3:21  Db.list = [{{ name = "a" }}, {{ name = "b" }}]',
    ]


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("name", ["Site.services", "Site.services.0.environment.PASSWORD"])
def test_of_a_secret_only_the_reference_is_shown(
    punix: Punix, program: Path, name: str, style: str
) -> None:
    said = punix("why", program, name, "--format", style)
    assert "DB_PASSWORD" in said.out
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Site.scope", '"system"'),
        ("Site.services.0.restart", '"on-failure"'),
        ("Hello.version", '"0"'),
        ("Hello.recipeArgs.env", "{}"),
    ],
)
def test_defaults_are_told_as_such(punix: Punix, program: Path, name: str, value: str) -> None:
    said = punix("why", program, name).out.splitlines()
    assert said == [f"{name} = {value}", "  implied     the default; nothing sets it"]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("Bd.host", "[E26] no module 'Bd' in the program", None),
        ("Sites.x", "[E26] no module 'Sites' in the program", "did you mean 'Site'?"),
        ("Db.hots", "[E2] unknown member 'hots' of module 'Db'", "did you mean 'host'?"),
        ("Site.scpoe", "[E2] unknown member 'scpoe' of module 'Site'", "did you mean 'scope'?"),
        (
            "Site.services.0.restrat",
            "[E2] 'Site.services.0' has no field 'restrat'",
            "did you mean 'restart'?",
        ),
        (
            "Site.services.0.user",
            "[E2] nothing sets 'Site.services.0.user'",
            "user: the user that it runs as",
        ),
        (
            "Site.services.1",
            "[E2] 'Site.services' has no element '1'",
            "it has 1 element(s), counted from 0",
        ),
        (
            "Site.services.web",
            "[E2] 'Site.services' is a list; it has no 'web'",
            "elements are named by number, from 0",
        ),
        ("Db.host.0", "[E2] 'Db.host' has no parts; there is no '0'", None),
        ("Admin", "[E2] 'Admin' is a module", None),
        ("Hello", "[E2] 'Hello' is a module", "name a member: Hello.recipe, Hello.recipeArgs"),
        ("", "[E26] no module '' in the program", None),
    ],
)
def test_names_that_mean_nothing(
    punix: Punix, program: Path, name: str, message: str, hint: str | None
) -> None:
    said = punix("why", program, name)
    assert (said.code, said.out) == (1, "")
    assert said.err == f"error: {message}\n" + (f"  hint: {hint}\n" if hint else "")


def test_the_document_has_the_same_facts(punix: Punix, program: Path) -> None:
    document: dict[str, Any] = json.loads(punix("why", program, "Db.port", "--format", "json").out)
    assert document == {
        "version": 1,
        "name": "Db.port",
        "value": 99,
        "pcl": "99",
        "implied": None,
        "written": {"file": "a.pcl", "line": 9, "column": 19},
        "winner": {
            "origin": "contribution",
            "rung": "force",
            "by": "Web",
            "expression": "99",
            "file": "a.pcl",
            "line": 9,
            "column": 3,
        },
        "agreed": [],
        "overridden": [
            {
                "origin": "option",
                "rung": "default",
                "by": "Db",
                "expression": "5432",
                "file": "a.pcl",
                "line": 3,
                "column": 10,
            }
        ],
        "made_of": [],
    }


def test_errors_of_the_program_come_first(punix: Punix, program: Path) -> None:
    program.write_text(PROGRAM.replace("std.shell", "std.shel"), encoding="utf-8")
    said = punix("why", program, "Db.port")
    assert said.code == 1
    assert "a.pcl:14:12: error: [E8]" in said.err
