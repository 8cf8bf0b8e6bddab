"""`punix fmt` on a disk: what is written, what is not, and what is said."""

import io
import os
import sys
from pathlib import Path

import pytest

from .conftest import Outcome, Punix

LOOSE = "module A { x = 1; } # why"
TIDY = "module A {\n  x = 1\n}  # why\n"
BROKEN = "module A { x = \n"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of each sort, which is the current one."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "loose.pcl").write_text(LOOSE)
    (tmp_path / "broken.pcl").write_text(BROKEN)
    (tmp_path / "other.txt").write_text(LOOSE)
    (tmp_path / "tidy.pcl").write_text(TIDY)
    (tmp_path / "windows.pcl").write_bytes(b"\xef\xbb\xbf" + TIDY.replace("\n", "\r\n").encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_is_laid_out_but_for_what_is_not_pcl(punix: Punix, folder: Path) -> None:
    outcome = punix("fmt")
    assert (outcome.code, outcome.out) == (1, "deep/loose.pcl\nwindows.pcl\n")
    assert outcome.err.startswith("broken.pcl:")
    assert outcome.err.count(": error: [E0]") == 1
    assert tree(folder) == {
        "broken.pcl": BROKEN.encode(),
        "deep/loose.pcl": TIDY.encode(),
        "other.txt": LOOSE.encode(),
        "tidy.pcl": TIDY.encode(),
        "windows.pcl": TIDY.encode(),
    }


def test_a_second_run_has_nothing_to_do(punix: Punix, folder: Path) -> None:
    (folder / "broken.pcl").unlink()
    assert punix("fmt", ".").code == 0
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.pcl")}
    assert punix("fmt", ".") == punix("fmt", "--check", ".")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.pcl")} == before


def test_check_names_files_and_writes_nothing(punix: Punix, folder: Path) -> None:
    (folder / "broken.pcl").unlink()
    before = tree(folder)
    outcome = punix("fmt", "--check", "deep", "tidy.pcl", "windows.pcl")
    assert (outcome.code, outcome.out) == (1, "deep/loose.pcl\nwindows.pcl\n")
    assert punix("fmt", "--check", "tidy.pcl").code == 0
    assert tree(folder) == before


PATCH = """\
--- deep/loose.pcl
+++ deep/loose.pcl
@@ -1 +1,3 @@
-module A { x = 1; } # why
\\ No newline at end of file
+module A {
+  x = 1
+}  # why
"""


def test_a_diff_is_a_patch(punix: Punix, folder: Path) -> None:
    before = tree(folder)
    outcome = punix("fmt", "--diff", "deep/loose.pcl", "tidy.pcl")
    assert (outcome.code, outcome.out) == (0, PATCH)
    assert punix("fmt", "--diff", "--check", "deep") == Outcome(1, PATCH, "")
    assert "-\ufeffmodule A {\r\n" in punix("fmt", "--diff", "windows.pcl").out
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("arguments", "text", "code", "out"),
    [
        ((), LOOSE, 0, TIDY),
        ((), TIDY, 0, TIDY),
        ((), BROKEN, 1, ""),
        (("--check",), LOOSE, 1, "<stdin>\n"),
        (("--check",), TIDY, 0, ""),
        (("--diff",), TIDY, 0, ""),
    ],
)
def test_standard_input(
    punix: Punix,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    text: str,
    code: int,
    out: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    outcome = punix("fmt", *arguments, "-")
    assert (outcome.code, outcome.out) == (code, out)
    assert ("<stdin>:" in outcome.err) is (text == BROKEN)


def test_standard_input_stands_alone(punix: Punix) -> None:
    outcome = punix("fmt", "-", "a.pcl")
    assert (outcome.code, outcome.out) == (2, "")
    assert "'-' stands alone" in outcome.err


def test_mode_and_links_stay(punix: Punix, folder: Path) -> None:
    real = folder / "deep" / "loose.pcl"
    real.chmod(0o640)
    (folder / "link.pcl").symlink_to(real)
    assert punix("fmt", "link.pcl").code == 0
    assert (folder / "link.pcl").is_symlink()
    assert real.read_text() == TIDY
    assert real.stat().st_mode & 0o7777 == 0o640
    assert sorted(os.listdir(folder / "deep")) == ["loose.pcl"]


def test_a_file_that_cannot_be_written_stays(
    punix: Punix, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(target))

    before = tree(folder)
    monkeypatch.setattr(os, "replace", refuse)
    outcome = punix("fmt", "deep", "windows.pcl")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.count("[E29]") == 2
    assert tree(folder) == before


def test_what_is_missing_is_said_and_the_rest_is_laid_out(punix: Punix, folder: Path) -> None:
    outcome = punix("fmt", "nowhere.pcl", "deep")
    assert (outcome.code, outcome.out) == (1, "deep/loose.pcl\n")
    assert "cannot read 'nowhere.pcl'" in outcome.err
    assert (folder / "deep" / "loose.pcl").read_text() == TIDY
