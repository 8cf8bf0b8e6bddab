"""`punix whence`: from a line on the target to the line of the program."""

import json
from pathlib import Path

import pytest

from ..conftest import Punix, Scratch

PROGRAM = """\
module Site {
  backend = "systemd"
  services = [{
    name = "hello"
    package = "Hello"
    binary = "hi"
    environment = { PASSWORD = { from_env = "PASSWORD" } }
    serviceConfig = { MemoryMax = Limits.memory }
  }]
  configFiles = [
    { path = "/etc/site.conf" content = Limits.text },
    { path = "/etc/other.conf" content = f"{Hello.out}\\nb\\n" }
  ]
}
module Limits {
  memory = "1G"
  text = "one\\ntwo"
}
module Hello {
  recipe = "std.shell"
  recipeArgs = { command = "mkdir -p $OUTPUT/bin && ln -s /bin/true $OUTPUT/bin/hi" }
}
"""
UNIT = "/etc/systemd/system/hello.service"


def deploy(punix: Punix, scratch: Scratch, program: str = PROGRAM) -> tuple[object, ...]:
    """Deploy below the scratch root; return the roots."""
    Path("site.pcl").write_text(program, encoding="utf-8")
    run = ("service", "deploy", "Site", "--file", "site.pcl", "--dry-run", "--sandbox=off")
    assert punix(*run, *scratch.roots).code == 0
    return (*scratch.roots, "--transport-root", scratch.target)


@pytest.fixture
def roots(punix: Punix, scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    monkeypatch.setenv("PASSWORD", "hunter2")
    return deploy(punix, scratch)


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ExecStart=", "site.pcl:6:14"),
        ("MemoryMax=1G", "site.pcl:16:12"),
        ("EnvironmentFile=", "site.pcl:3:15"),
    ],
)
def test_each_line_of_a_unit_leads_to_its_value(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...], text: str, place: str
) -> None:
    line = line_of(Path(f"{scratch.target}{UNIT}"), text)
    said = punix("whence", f"{UNIT}:{line}", *roots)
    first, written, stack, shown = said.out.splitlines()
    assert first == f"{UNIT}:{line}"
    assert written == f"  written by  {place}"
    assert stack == "  stack       Site, gen-001"
    assert text in shown
    assert said.err == ""


def test_a_file_leads_to_where_its_path_is_written(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...]
) -> None:
    for path in ("/etc/site.conf", f"{scratch.target}/etc/site.conf"):
        assert punix("whence", path, *roots).out.splitlines() == [
            "/etc/site.conf",
            "  written by  site.pcl:11:14",
            "  stack       Site, gen-001",
        ]


def test_the_program_is_not_needed(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...]
) -> None:
    Path("site.pcl").unlink()
    said = punix("whence", "/etc/site.conf:2", *roots, "--format", "json")
    document = json.loads(said.out)
    assert document.pop("deployed_at")
    assert document == {
        "version": 1,
        "path": "/etc/site.conf",
        "line": 2,
        "stack": "Site",
        "generation": 1,
        "tree": "gen-001",
        "scenario": None,
        "changed": False,
        "source": {"file": "site.pcl", "line": 17, "column": 10},
        "text": "two",
    }


def test_a_path_in_a_generation_means_that_one(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...]
) -> None:
    deploy(punix, scratch, PROGRAM.replace("one", "1\\none"))
    folder = scratch.stack_folder("Site")
    for name, last in (("gen-001", 2), ("gen-002", 3), ("live", 3)):
        path = folder / name / "etc/site.conf"
        assert "line        two" in punix("whence", f"{path}:{last}", *roots).out
        said = punix("whence", f"{path}:{last + 1}", *roots)
        assert said.code == 1
        assert f"[E2] '/etc/site.conf' has {last} line(s); there is no {last + 1}" in said.err


def test_where_a_tree_is_used_again_places_are_those_of_its_program(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...]
) -> None:
    deploy(punix, scratch, "# a line more\n" + PROGRAM)
    assert punix("whence", "/etc/site.conf:1", *roots).out.splitlines() == [
        "/etc/site.conf:1",
        "  written by  site.pcl:17:10",
        "  stack       Site, gen-002",
        "  places      as for gen-001, whose content is the same",
        "  line        one",
    ]


def test_a_damaged_manifest_is_named(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...]
) -> None:
    manifest = scratch.stack_folder("Site") / "gen-001.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("Site", "Siet"))
    said = punix("whence", "/etc/site.conf", *roots)
    assert said.code == 1
    assert "[E27]" in said.err


def test_what_was_edited_is_said(punix: Punix, scratch: Scratch, roots: tuple[object, ...]) -> None:
    with Path(f"{scratch.target}/etc/site.conf").open("a", encoding="utf-8") as file:
        file.write("x")
    said = punix("whence", "/etc/site.conf:2", *roots)
    assert said.err == "warning: '/etc/site.conf' is not as it was deployed\n"
    assert "line        two" in said.out


def test_without_the_bundle_the_manifest_knows_the_file(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...]
) -> None:
    (scratch.stack_folder("Site") / "gen-001/bundle.json").unlink()
    said = punix("whence", "/etc/site.conf:2", *roots)
    assert said.out.splitlines()[1] == "  written by  site.pcl:11"
    assert said.err == "warning: gen-001 does not say which line wrote which\n"


@pytest.mark.parametrize("path", ["/etc/nothing", "nothing", "/", "/etc/site.conf/x/y/z"])
def test_a_path_of_no_stack(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...], path: str
) -> None:
    said = punix("whence", path, *roots)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: [E26] no stack here has a file '{path}'\n  hint: give the")


@pytest.mark.parametrize("command", [("whence",), ("service", "why", "Site")])
def test_a_misspelt_path_gets_the_nearest(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...], command: tuple[str, ...]
) -> None:
    for path in ("/etc/stie.conf", f"{scratch.target}/etc/stie.conf"):
        said = punix(*command, path, *roots)
        assert said.code == 1
        assert said.err.endswith("  hint: did you mean '/etc/site.conf'?\n")


def test_no_secret_is_kept_or_told(
    punix: Punix, scratch: Scratch, roots: tuple[object, ...]
) -> None:
    kept = (scratch.stack_folder("Site") / "gen-001/bundle.json").read_text(encoding="utf-8")
    assert "hunter2" not in kept
    assert "PASSWORD" in kept
