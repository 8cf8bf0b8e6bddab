"""What is installed: every folder with code, every data file, one version, a quick start."""

import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

import punix

ROOT = Path(__file__).parent.parent
NOT_INSTALLED = {"tests", "bench", "docs", "examples", "editors", "build", "dist"}
TABLES: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked(*suffixes: str) -> set[str]:
    """The files of the package with one of these endings, relative to the root."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*")
        if path.suffix in suffixes
        if not path.relative_to(ROOT).parts[0].startswith(".")
        if path.relative_to(ROOT).parts[0] not in NOT_INSTALLED
    }


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_folder_with_code_is_listed() -> None:
    folders = {Path(name).parent.as_posix() for name in tracked(".py")}
    wanted = {"punix" if f == "." else f"punix.{f.replace('/', '.')}" for f in folders}
    assert set(TABLES["tool"]["setuptools"]["packages"]) == wanted


def test_uv_notices_new_files_in_every_folder() -> None:
    keys = " ".join(entry["file"] for entry in TABLES["tool"]["uv"]["cache-keys"])
    for folder in {Path(name).parts[0] for name in tracked(".py")} - {"__init__.py"}:
        assert folder in keys


def test_version_is_answered_without_an_import() -> None:
    script = """
import sys
before = set(sys.modules)
sys.argv = ["punix", "--version"]
exec(compile(open("bin/punix").read(), "bin/punix", "exec"))
print(sorted(set(sys.modules) - before))
"""
    said = run(sys.executable, "-c", script, cwd=ROOT).splitlines()
    assert said == [f"punix {punix.__version__}", "['punix']"]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from a copy, so that the tree is left alone."""
    folder = tmp_path_factory.mktemp("wheel")
    copytree(ROOT, folder / "tree", ignore=leave_out)
    build = ("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    run(sys.executable, "-m", *build, "-w", folder, folder / "tree", cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def leave_out(folder: str, names: list[str]) -> set[str]:
    if Path(folder) != ROOT:
        return {"__pycache__"}
    return {name for name in names if name.startswith(".") or name in NOT_INSTALLED}


@pytest.mark.slow
def test_wheel_holds_the_code_and_its_data_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"punix/{name}" for name in tracked(".py", ".lark", ".j2")}
    wanted |= {f"punix/{name}" for name in tracked(".md") if "/" in name}
    assert {name for name in names if name.startswith("punix/")} == {*wanted, "punix/py.typed"}
    assert f"punix-{punix.__version__}.data/scripts/punix" in names


@pytest.mark.slow
def test_wheel_works_in_an_empty_environment(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    run(sys.executable, "-m", "venv", "--without-pip", "env", cwd=tmp_path)
    python = tmp_path / "env/bin/python"
    install = ("pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index")
    run(sys.executable, "-m", *install, wheel, cwd=tmp_path)
    command = tmp_path / "env/bin/punix"
    assert run(command, "--version", cwd=tmp_path) == f"punix {punix.__version__}\n"

    lend_libraries(tmp_path / "env")
    example = ROOT / "examples/hello/hello.pcl"
    assert run(command, "check", example, cwd=tmp_path) == "ok\n"


def lend_libraries(environment: Path) -> None:
    """Let an environment use the libraries of this one; what it has itself comes first."""
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
