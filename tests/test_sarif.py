"""`check --format sarif`: the structure that SARIF 2.1.0 asks for, and the same bytes each time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from punix.cli.compiling.check import check
from punix.ir.codes import Code

PROGRAM = """module A {
  option port : Int = "80"
  x = {
    a = 1 }
}
module B {
  A.port = 1
  A.x = 2
}
module C {
  A.port = 2
  y = A.nope
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a b.pcl").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sarif(*arguments: str) -> Any:
    done = CliRunner().invoke(check, [*arguments, "--format", "sarif"], standalone_mode=False)
    assert done.exception is None
    return json.loads(done.stdout)


@pytest.mark.usefixtures("folder")
def test_the_document_has_the_required_structure() -> None:
    document = sarif()
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["E1", "E2", "E4"]
    assert rules[0]["shortDescription"]["text"] == Code.E1.meaning
    assert run["columnKind"] == "unicodeCodePoints"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        for place in [*result["locations"], *result.get("relatedLocations", [])]:
            region = place["physicalLocation"]["region"]
            assert min(region.values()) >= 1
            assert region["startLine"] <= region["endLine"]


@pytest.mark.usefixtures("folder")
def test_regions_notes_and_hints_are_those_of_the_text() -> None:
    results = sarif()["runs"][0]["results"]
    first = results[0]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.pcl"
    assert place["region"] == {"startLine": 2, "startColumn": 23, "endLine": 2, "endColumn": 27}
    assert first["message"]["text"] == "'A.port' takes Int, found Str\nhint: write 80"
    (note,) = first["relatedLocations"]
    assert note["message"]["text"] == "option declared here"
    conflicts = [one for one in results if "different values" in one["message"]["text"]]
    assert [len(one["relatedLocations"]) for one in conflicts] == [1]


def test_a_program_without_errors_is_a_run_without_results(folder: Path) -> None:
    (folder / "a b.pcl").write_text("module A { }\n", encoding="utf-8")
    (run,) = sarif()["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


@pytest.mark.parametrize("style", ["text", "json", "sarif"])
def test_the_answer_is_the_same_under_every_hash_seed(folder: Path, style: str) -> None:
    arguments = f"sys.argv[1:] = ['--format', '{style}']"
    code = f"import sys; from punix.cli.compiling.check import check; {arguments}; check()"
    seen = {
        (done.stdout, done.stderr)
        for seed in "017"
        for done in [
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=folder,
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=False,
            )
        ]
    }
    assert len(seen) == 1
    assert any(seen.pop())
