"""Removing trees: all goes, and nothing besides."""

import os
from pathlib import Path

import pytest
from users import USERS, folder_of

from punix.runtime.files import remove
from punix.runtime.files.remove import remove_tree


def test_a_folder_that_becomes_a_link_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, tree = tmp_path / "outside", tmp_path / "tree"
    for folder in (outside, tree / "a"):
        folder.mkdir(parents=True, mode=0o755)
        (folder / "file").touch()
    listed = remove._listed

    def and_then_swapped(folder: int) -> list[tuple[str, bool]]:
        found = listed(folder)
        (tree / "a").rename(tmp_path / "away")
        (tree / "a").symlink_to(outside)
        return found

    with monkeypatch.context() as patched, pytest.raises(OSError, match="Not a directory"):
        patched.setattr(remove, "_listed", and_then_swapped)
        remove_tree(tree)
    remove_tree(tree)
    assert not tree.exists()
    assert (outside / "file").exists()
    assert outside.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("user", USERS.values(), ids=[*USERS])
def test_what_its_owner_may_not_read_goes_too(user: int) -> None:
    with folder_of(user) as folder:
        before = os.geteuid()
        os.seteuid(user)
        try:
            (folder / "tree" / "a" / "b" / "c").mkdir(parents=True)
            (folder / "tree" / "a" / "b" / "file").touch(mode=0)
            for closed in ("tree/a/b/c", "tree/a/b", "tree/a", "tree"):
                (folder / closed).chmod(0)
            remove_tree(folder / "tree")
        finally:
            os.seteuid(before)
        assert os.listdir(folder) == []
