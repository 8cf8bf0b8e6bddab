"""Limits on builds, from the command line and from the environment."""

from pathlib import Path

import pytest

from ..conftest import Punix

PROGRAM = """
module Slow {
  recipe = "std.shell"
  recipeArgs = { command = "for i in 1 2 3; do sleep 1000 & done; echo 123; wait" }
}
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "slow.pcl").write_text(PROGRAM)
    return tmp_path / "slow.pcl"


@pytest.mark.parametrize(
    ("option", "value"),
    [("timeout", "0.2"), ("max-memory", "1k"), ("max-processes", "1"), ("max-output", "1")],
)
def test_a_limit_comes_from_an_option_or_a_variable(
    punix: Punix, program: Path, monkeypatch: pytest.MonkeyPatch, option: str, value: str
) -> None:
    run = ("build", program, "--store-root", program.parent / "store", "--sandbox=off")
    by_option = punix(*run, f"--{option}={value}")
    monkeypatch.setenv(f"PUNIX_{option.replace('-', '_').upper()}", value)
    by_variable = punix(*run)
    for outcome in (by_option, by_variable):
        assert outcome.code == 3
        assert f"raise --{option})" in outcome.out
