"""`punix build --check`: what is reproducible, what is not, and what else it may not do."""

import json
from pathlib import Path

import pytest

from ..conftest import Punix

pytestmark = pytest.mark.sandbox

PROGRAM = """
module Lib { recipe = "std.shell"; recipeArgs = { command = "date +%s%N > $OUTPUT/stamp" } }
module App {
  recipe = "std.shell"
  recipeArgs = { command = "cp $DEP_LIB/stamp $OUTPUT" }
  deps = [Lib.out]
}
"""


@pytest.fixture
def run(tmp_path: Path) -> tuple[object, ...]:
    (tmp_path / "a.pcl").write_text(PROGRAM)
    return ("build", tmp_path / "a.pcl", "--store-root", tmp_path / "store")


def test_each_package_is_compared_with_its_own_first_build(
    punix: Punix, run: tuple[object, ...]
) -> None:
    outcome = punix(*run, "--check")
    app, lib, count = outcome.out.splitlines()
    assert outcome.code == 3
    assert app.split("\t")[::3] == ["ok", "reproducible"]
    assert lib.startswith("FAIL\tLib\tnot reproducible: 'stamp' differs at byte ")
    assert count == "2 packages: 1 ok, 1 failed"
    again = punix(*run, "--check", "--only", "App", "--format", "json")
    [row] = json.loads(again.out)["packages"]
    assert (again.code, row["status"]) == (0, "reproducible")


def test_inputs_that_are_gone_are_built_first(
    punix: Punix, run: tuple[object, ...], tmp_path: Path
) -> None:
    assert punix(*run).code == 0
    [facts] = (tmp_path / "store" / ".meta").glob("*-Lib-0.json")
    facts.unlink()
    outcome = punix(*run, "--check", "--only", "App")
    assert outcome.code == 3  # another Lib, for the time went on: so another App
    assert "not reproducible: 'stamp'" in outcome.out


@pytest.mark.parametrize("more", ["--dry-run", "--sandbox=off"])
def test_what_excludes_it(punix: Punix, run: tuple[object, ...], more: str) -> None:
    outcome = punix(*run, "--check", more)
    assert (outcome.code, outcome.out) == (2, "")
    assert more.removeprefix("--").split("=")[0] in outcome.err
