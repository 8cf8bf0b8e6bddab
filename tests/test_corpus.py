"""Real recipes all together: only what they lack is wrong, and with it all can be built."""

import re
import subprocess
from pathlib import Path

import pytest

from punix.cli.compiling.everything import find_everything
from punix.cli.main import run
from punix.ir.codec import loads
from punix.ir.package import Lowered
from punix.ir.text import fill

CORPUS = Path(__file__).parent / "data" / "corpus"
MODULES = {
    module
    for path in CORPUS.glob("*.pcl")
    for module in re.findall(r"^module (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}
LACKING = re.compile(r"unknown module '([^']+)'")


@pytest.fixture(scope="module")
def lacking() -> set[str]:
    diagnostics = find_everything([str(CORPUS)], None).diagnostics
    found = [LACKING.fullmatch(one.message) for one in diagnostics if one.severity == "error"]
    assert all(found)
    return {one[1] for one in found if one}


@pytest.fixture
def whole(lacking: set[str], tmp_path: Path) -> list[str]:
    """The recipes, and stubs for what they lack: arguments of one program."""
    assert len(lacking) > 10
    stubs = [
        f'module {name} {{ recipe = "std.shell" recipeArgs = {{ command = "true" }} }}\n'
        for name in sorted(lacking)
    ]
    (tmp_path / "stubs.pcl").write_text("".join(stubs), encoding="utf-8")
    return [str(CORPUS), str(tmp_path)]


def test_with_stubs_for_what_they_lack_all_are_one_right_program(whole: list[str]) -> None:
    found = [one.message for one in find_everything(whole, None).diagnostics]
    assert found == ["nothing is fetched by 'ftp'"]


def test_each_has_a_path_to_be_built_at(
    whole: list[str], lacking: set[str], capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--dry-run", "--bootstrap=fast", "--store-root=/store"]
    assert run(["build", *whole, *options]) == 0
    *lines, last = capfd.readouterr().out.splitlines()
    rows = [line.split("\t") for line in lines]
    assert {row[1] for row in rows} == MODULES | lacking
    for word, module, path in rows:
        assert word == "ok"
        assert re.fullmatch(r"/store/[a-z2-7]{32}-\S+-\S+", path), module
    assert len({path for _, _, path in rows}) == len(rows)
    assert last == f"{len(rows)} packages: {len(rows)} ok, 0 failed"


def test_bash_understands_the_script_of_each(
    whole: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["compile", *whole, "--bootstrap=fast", "--emit=lowered"]) == 0
    packages = loads(Lowered, capfd.readouterr().out).packages
    assert {one.module for one in packages} >= MODULES
    for one in packages:
        text = fill(one.script, lambda _: "/store/x")
        done = subprocess.run(
            ["bash", "-n"], input=text, text=True, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), one.module


def test_a_version_alone_does_not_move_its_source(tmp_path: Path) -> None:
    text = (CORPUS / "aragorn.pcl").read_text(encoding="utf-8")
    module = re.findall(r"^module (\S+)", text, re.MULTILINE)[0]
    (tmp_path / "aragorn.pcl").write_text(text, encoding="utf-8")
    override = tmp_path / "override.pcl"
    override.write_text(f'module Site {{ {module}.version = "0" }}\n', encoding="utf-8")
    (error,) = find_everything([str(tmp_path)], None).diagnostics
    assert (error.code, error.span and error.span.file) == ("E16", str(override))
    override.write_text(f'module Site {{ {module}.version = "0" {module}.hash = "{0:064}" }}\n')
    assert find_everything([str(tmp_path)], None).diagnostics == ()
