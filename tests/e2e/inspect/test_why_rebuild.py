"""`punix why-rebuild`: what a person reads, from a change in a file to its cause."""

import json
from pathlib import Path

import pytest

from ..conftest import Punix

PROGRAM = """
module Zlib {{
  version = "{version}"
  recipe = "std.shell"
  recipeArgs = {{ command = "{command}" }}
}}
module Png {{
  recipe = "std.shell"
  recipeArgs = {{ command = "touch $OUTPUT/x" }}
  deps = [Zlib.pname]
}}
module App {{
  recipe = "std.shell"
  recipeArgs = {{ command = "touch $OUTPUT/x" }}
  deps = [Png.pname]
}}
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIX_STORE_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("PUNIX_SANDBOX", "off")
    return tmp_path / "a.pcl"


def write(program: Path, version: str = "1.0", command: str = "touch $OUTPUT/x") -> None:
    program.write_text(PROGRAM.format(version=version, command=command))


def test_from_never_built_to_changed_and_back(punix: Punix, program: Path) -> None:
    write(program)
    ask = ("why-rebuild", "App", "--file", program)
    assert punix(*ask).out == "App was never built here\n"
    assert not (program.parent / "store").exists()
    assert punix("build", program).code == 0
    assert punix(*ask).out.startswith("App is built: nothing changed since 20")
    write(program, "1.1", "touch $OUTPUT/y")
    lines = punix(*ask).out.splitlines()
    assert lines[0].startswith("App is to be built anew; last built 20")
    assert lines[1:4] == ["  App → Png → Zlib", "    version: 1.0 → 1.1", "    script changed"]
    assert "      -touch $OUTPUT/x" in lines and "      +touch $OUTPUT/y" in lines
    write(program)
    assert punix(*ask).out.startswith("App is built")


def test_as_a_document(punix: Punix, program: Path) -> None:
    write(program)
    punix("build", program)
    write(program, "1.1")
    document = json.loads(punix("why-rebuild", "App", "--file", program, "--format", "json").out)
    assert (document["version"], document["module"], document["built"]) == (1, "App", False)
    assert document["last"]["name"].endswith("-App-0")
    [cause] = document["causes"]
    assert cause["path"] == ["App", "Png", "Zlib"]
    assert (cause["before"].endswith("-Zlib-1.0"), cause["known"]) == (True, True)
    assert cause["changes"] == [{"field": "version", "before": "1.0", "after": "1.1", "diff": []}]


def test_what_is_damaged_is_not_known(punix: Punix, program: Path) -> None:
    write(program)
    punix("build", program)
    [record] = (program.parent / "store/.logs").glob("*-Zlib-1.0.drv.json")
    record.write_text(record.read_text().replace("touch", "teach"))
    write(program, "1.1")
    out = punix("why-rebuild", "App", "--file", program).out
    assert "  App → Png → Zlib\n    was " in out
    assert out.endswith("-Zlib-1.0; what that was built from is not known\n")


def test_a_module_that_is_no_package(punix: Punix, program: Path) -> None:
    write(program)
    outcome = punix("why-rebuild", "Ap", "--file", program)
    assert (outcome.code, outcome.out) == (1, "")
    assert "no package 'Ap' in the program" in outcome.err
