"""A file of somebody else's is replaced whole, and only if it is what was read."""

from pathlib import Path

import pytest

from punix.runtime.files.fs import rewrite_file


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"newer")
    with pytest.raises(OSError, match="somebody else changed it"):
        rewrite_file(path, b"old", b"new")
    assert path.read_bytes() == b"newer"


def test_mode_stays_and_nothing_is_left_over(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o750)
    rewrite_file(path, b"old", b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o7777) == (b"new", 0o750)
    assert list(tmp_path.iterdir()) == [path]
