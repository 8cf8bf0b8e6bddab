"""A tree takes the place of another."""

import ctypes
import errno
from pathlib import Path
from types import SimpleNamespace

import pytest

from punix.runtime.files.fs import put_tree


def two(folder: Path) -> tuple[Path, Path]:
    for name in ("new", "old"):
        (folder / "below" / name).mkdir(parents=True)
        (folder / "below" / name / "file").write_text(name)
    (folder / "below/old").rename(folder / "old")
    (folder / "old").chmod(0o555)
    return folder / "below/new", folder / "old"


def test_both_change_places(tmp_path: Path) -> None:
    new, old = two(tmp_path)
    with (old / "file").open() as held:
        put_tree(new, old)
        assert held.read() == "old"
    assert ((old / "file").read_text(), (new / "file").read_text()) == ("new", "old")


@pytest.mark.parametrize("kind", ["nothing", "empty"])
def test_nothing_is_left_where_there_was_nothing(tmp_path: Path, kind: str) -> None:
    new, old = two(tmp_path)
    old.chmod(0o755)
    (old / "file").unlink()
    if kind == "nothing":
        old.rmdir()
    put_tree(new, old)
    assert (old / "file").read_text() == "new"
    assert not new.exists()


def unable(*_: object) -> int:
    ctypes.set_errno(errno.EINVAL)
    return -1


@pytest.mark.parametrize("library", [SimpleNamespace(), SimpleNamespace(renameat2=unable)])
def test_where_nothing_can_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: object
) -> None:
    new, old = two(tmp_path)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    put_tree(new, old)
    assert ((old / "file").read_text(), (new / "file").read_text()) == ("new", "old")
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        *("below", "file", "file", "new", "old")
    ]


def test_what_cannot_be_renamed_is_told(tmp_path: Path) -> None:
    new, _ = two(tmp_path)
    with pytest.raises(FileNotFoundError):
        put_tree(new, tmp_path / "none" / "there")
