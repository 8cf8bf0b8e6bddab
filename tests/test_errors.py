"""What `check` finds after the frontend, and what a command finds that needs a package.

Programs are in tests/data/errors: `whole` for `check`, `reached` for commands. All others
of the codes need a target, a download or a stored file; their tests are with these.
"""

from pathlib import Path

import pytest
from expected import FOLDER, assert_expected, codes, programs

from punix.cli.everything import find_everything
from punix.cli.pipeline import advance
from punix.cli.program import load_program
from punix.cli.settings import Settings
from punix.ir.diagnostics import ProgramError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("text", programs(FOLDER / "whole"))
def test_check_finds_what_stands_beside_its_line(text: str) -> None:
    Path("a.pcl").write_text(text, encoding="utf-8")
    found = find_everything(["a.pcl"], None)
    assert_expected(text, found.diagnostics, found.sources)


@pytest.mark.parametrize("text", programs(FOLDER / "reached"))
def test_a_command_finds_what_check_does_not(text: str) -> None:
    Path("a.pcl").write_text(text, encoding="utf-8")
    assert find_everything(["a.pcl"], None).diagnostics == ()
    with pytest.raises(ProgramError) as caught:
        advance([load_program(["a.pcl"])], "derivation", Settings("x86_64-linux", "seeded"))
    assert_expected(text, caught.value.diagnostics, caught.value.sources)


def test_every_code_of_a_program_has_one() -> None:
    assert codes(FOLDER / "whole") >= {"E1", "E2", "E14", "E17", "E18", "E19", "E24", "E28"}
    assert codes(FOLDER / "reached") == {"E9"}
