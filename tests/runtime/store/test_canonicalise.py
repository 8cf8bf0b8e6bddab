"""What a build leaves is made the same for everybody."""

import os
import stat
from pathlib import Path

import pytest

from punix.runtime.files.tree import hash_tree
from punix.runtime.files.walk import TreeError
from punix.runtime.store.canonicalise import make_canonical, make_read_only, surplus_attributes


def modes(tree: Path) -> dict[str, str]:
    return {
        path.relative_to(tree).as_posix(): f"{path.lstat().st_mode & 0o7777:o}"
        for path in tree.rglob("*")
        if not path.is_symlink()
    }


def test_modes_and_times(tmp_path: Path) -> None:
    for number, mode in enumerate((0o4755, 0o2755, 0o1777, 0o666, 0o600, 0o000, 0o110)):
        (tmp_path / str(number)).write_text("x")
        (tmp_path / str(number)).chmod(mode)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o7777)
    (tmp_path / "open/shut").mkdir(mode=0o000)
    (tmp_path / "link").symlink_to("/nowhere")
    assert make_canonical(tmp_path) == 7
    make_read_only(tmp_path)
    runs = {"0": "555", "1": "555", "2": "555", "3": "444", "4": "444", "5": "444", "6": "555"}
    assert modes(tmp_path) == {**runs, "open": "555", "open/shut": "555"}
    everything = [tmp_path, *tmp_path.rglob("*")]
    assert {path.lstat().st_mtime_ns for path in everything} == {10**9}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o555
    assert os.readlink(tmp_path / "link") == "/nowhere"


def test_attributes_that_give_rights_go(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    (tmp_path / "link").symlink_to("file")
    os.setxattr(file, "user.note", b"x")
    os.setxattr(tmp_path, "user.note", b"x")
    file.chmod(0o400)
    assert surplus_attributes(file) == ["user.note"]
    make_canonical(tmp_path)
    assert surplus_attributes(file) == surplus_attributes(tmp_path) == []
    assert modes(tmp_path) == {"file": "444"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives capabilities")
def test_a_capability_goes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    raise_net_raw = bytes.fromhex("0100000200200000000000000000000000000000")
    os.setxattr(file, "security.capability", raise_net_raw)
    make_canonical(tmp_path)
    assert os.listxattr(file) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_was_given_away_is_ours_again(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "folder").mkdir(parents=True)
    (tree / "link").symlink_to("/nowhere")
    (tree / "folder/file").touch()
    everything = [tree, *tree.rglob("*")]
    for path in everything:
        os.lchown(path, 1234, 1234)
    make_canonical(tree)
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in everything} == {
        (os.geteuid(), os.getegid())
    }


def test_names_of_any_bytes_hard_links_and_holes(tmp_path: Path) -> None:
    odd = [b"\xff\xfe", b"a\nb", b" ", b"-rf", b"a" * 255, "é".encode()]
    for name in odd:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(name)
    os.link(tmp_path / " ", tmp_path / "twin")
    with (tmp_path / "holes").open("wb") as file:
        file.truncate(64 << 20)
    before = hash_tree(tmp_path)
    blocks = (tmp_path / "holes").stat().st_blocks  # on tmpfs to be read fills a hole
    assert make_canonical(tmp_path) == (64 << 20) + sum(map(len, odd)) + 1
    assert hash_tree(tmp_path) == before
    assert (tmp_path / "holes").stat().st_blocks == blocks


def test_what_has_no_form_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    make_canonical(tmp_path)
    with pytest.raises(TreeError, match="neither folder, file nor link"):
        hash_tree(tmp_path)
