"""Each error code has a minimal program, in tests/data/errors, and is given where it says.

`whole` is what `check` finds after the frontend, and `reached` what a command finds that
needs a package. A program of `commands` begins with the commands that it is for, in lines
`#$ …`. What they say of the program is expected beside its lines; what is no line's fault,
as a lock that somebody holds, beside the command. HERE is the folder of the program.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from expected import FOLDER, Said, assert_expected, assert_said, codes, programs

from punix.cli.compiling.everything import find_everything
from punix.cli.compiling.pipeline import advance
from punix.cli.compiling.program import load_program
from punix.cli.compiling.settings import Settings
from punix.cli.main import run
from punix.ir.diagnostics import Code, ProgramError

HEAD = re.compile(r"^(?:a\.pcl:(\d+):\d+: |.*?)(error|warning): \[(E\d+)\] ", re.MULTILINE)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUNIX_HOME", str(tmp_path))
    monkeypatch.setenv("PUNIX_TRANSPORT_ROOT", str(tmp_path / "target"))
    monkeypatch.setenv("PUNIX_DEPLOYMENTS_ROOT", "/deploys")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return tmp_path


@pytest.mark.parametrize("text", programs(FOLDER / "whole"))
def test_check_finds_what_stands_beside_its_line(text: str) -> None:
    Path("a.pcl").write_text(text, encoding="utf-8")
    found = find_everything(["a.pcl"], None)
    assert_expected(text, found.diagnostics, found.sources)


OTHER = """
module OtherHello { recipe = "std.shell" recipeArgs = { command = "true" } }
module OtherSite {
  backend = "systemd"
  services = [{ name = "a" package = "OtherHello" binary = "a" dependsOn = ["a"] }]
  configFiles = [{ path = "/home/x" content = "" }]
}
"""


@pytest.mark.parametrize("text", programs(FOLDER))
def test_no_error_hides_what_units_and_paths_elsewhere_have_wrong(text: str) -> None:
    Path("a.pcl").write_text(text, encoding="utf-8")
    Path("b.pcl").write_text(OTHER, encoding="utf-8")
    found = find_everything(["a.pcl", "b.pcl"], None).diagnostics
    alone = find_everything(["a.pcl"], None).diagnostics
    assert sorted(str(one.code) for one in found if one not in alone) == ["E18", "E24"]


@pytest.mark.parametrize("text", programs(FOLDER / "reached"))
def test_a_command_finds_what_check_does_not(text: str) -> None:
    Path("a.pcl").write_text(text, encoding="utf-8")
    assert find_everything(["a.pcl"], None).diagnostics == ()
    with pytest.raises(ProgramError) as caught:
        advance([load_program(["a.pcl"])], "derivation", Settings("x86_64-linux", "seeded"))
    assert_expected(text, caught.value.diagnostics, caught.value.sources)


@pytest.mark.parametrize("text", programs(FOLDER / "commands"))
def test_commands_say_what_stands_beside_a_line_or_them(
    text: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("a.pcl").write_text(text.replace("HERE", str(here)), encoding="utf-8")
    said = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#$ "):
            do(line.removeprefix("#$ ").partition("###")[0])
            said += heard(capfd.readouterr().err, number)
    assert_said(text, said)


def do(command: str) -> None:
    """Run a command; one of punix alone in this process, which is quicker."""
    words = shlex.split(command)
    if words[0] == "punix" and ">" not in words:
        run(words[1:])
    else:
        subprocess.run(command, shell=True, check=False)


def heard(text: str, command: int) -> list[Said]:
    """Read what was said, each diagnostic with the lines below it."""
    parts = HEAD.split(text)
    places, severities, names, texts = (parts[n::4] for n in range(1, 5))
    lines = (int(place or command) for place in places)
    return [*map(Said, lines, severities, names, texts)]


def test_every_code_has_one() -> None:
    missing = {str(code) for code in Code} - codes(FOLDER)
    assert not missing, "write a program for each, in tests/data/errors/commands"
