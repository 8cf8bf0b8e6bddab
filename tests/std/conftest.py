"""Folders in which tests build packages for real, and run scripts of recipes."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from programs import Plain
from real_builds import Site
from scripts import Run, script


@pytest.fixture
def site(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Site:
    """An empty folder; what `punix build` prints is captured."""

    def said() -> tuple[str, str]:
        captured = capfd.readouterr()
        return captured.out, captured.err

    return Site(tmp_path, said)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a recipe on a source of these files and return the output."""

    def build(recipe: str, arguments: Mapping[str, Plain], source: Mapping[str, str]) -> Path:
        for name, text in source.items():
            path = tmp_path / "source" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for folder in ("out", "tmp"):
            (tmp_path / folder).mkdir()
        done = subprocess.run(
            ["bash", "-c", script(recipe, arguments)],
            cwd=tmp_path / "source",
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": "/homeless",
                "OUTPUT": str(tmp_path / "out"),
                "SOURCE": str(tmp_path / "source"),
                "TMPDIR": str(tmp_path / "tmp"),
            },
        )
        assert done.returncode == 0, done.stderr
        return tmp_path / "out"

    return build
