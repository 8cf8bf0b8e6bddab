import os
import random
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from blake3 import blake3
from builds import SPAN
from hypothesis import given
from hypothesis import strategies as st

from punix.ir.diagnostics import Code, ProgramError
from punix.runtime.fetch.source import source_digest
from punix.runtime.files import tree as tree_module
from punix.runtime.files.copies import copy_tree
from punix.runtime.files.remove import remove_tree
from punix.runtime.files.stat_cache import StatCache
from punix.runtime.files.tree import hash_tree
from punix.runtime.files.walk import TreeError

EMPTY = "cd3d9a4d0d565504c3c4274f55866a0e6447b012a57f0c6fe6d0a4e36ec326a1"
SMALL = "c31137938714ad21d510a7d4713c4ed75387338d517bb0089ec498569b6e58c6"
LONG_AFTER = 10**19 // 2


STEPS = ("a", "empty", "link", "dir", "run", "odd")


def add(folder: Path, what: str) -> None:
    """Add one entry of each kind there is."""
    if what == "a":
        (folder / "a").write_bytes(b"hello")
    elif what == "empty":
        (folder / "empty").mkdir()
    elif what == "link":
        (folder / "link").symlink_to("a")
    elif what == "dir":
        (folder / "dir").mkdir()
        (folder / "dir" / "x").write_bytes(b"")
    elif what == "run":
        (folder / "run").write_bytes(b"#!/bin/sh\n")
        (folder / "run").chmod(0o755)
    else:
        (folder / "ü\udcff").write_bytes(b"name in no encoding")


def fill(folder: Path, order: Sequence[str] = STEPS) -> Path:
    """Make a small tree of every kind, its entries in a given order."""
    folder.mkdir()
    folder.chmod(0o755)
    for what in order:
        add(folder, what)
    return folder


def test_known_answers(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    assert hash_tree(folder) == EMPTY
    (folder / "a").write_bytes(b"hello")
    (folder / "b").symlink_to("a")
    (folder / "c").mkdir()
    (folder / "c" / "d").touch(0o755)
    content = blake3(b"hello").digest()
    by_hand = b"PTREE1\nd0:f1:a" + content + b"l1:b1:ad1:cx3:c/d" + blake3(b"").digest()
    context = "punix 2026-11-23 tree v1"
    assert blake3(by_hand, derive_key_context=context).hexdigest() == hash_tree(folder) == SMALL


@given(st.permutations(STEPS), st.sampled_from([0o000, 0o022, 0o077]))
def test_order_and_umask_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], umask: int
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    before = os.umask(umask)
    try:
        made = fill(folder / "made", order)
    finally:
        os.umask(before)
    assert hash_tree(made) == hash_tree(fill(folder / "plain"))


def test_every_difference_shows(tmp_path: Path) -> None:
    seen = {hash_tree(fill(tmp_path / "plain"))}
    changes: dict[str, Callable[[Path], object]] = {
        "bytes": lambda it: (it / "a").write_bytes(b"hellp"),
        "name": lambda it: (it / "a").rename(it / "b"),
        "x": lambda it: (it / "a").chmod(0o744),
        "target": lambda it: (it / "a").rename(it / "b").parent.joinpath("a").symlink_to("b"),
        "folder": lambda it: (it / "empty").rmdir(),
        "new": lambda it: (it / "empty" / "y").mkdir(),
        "move": lambda it: (it / "dir" / "x").rename(it / "x"),
    }
    for name, change in changes.items():
        copy = fill(tmp_path / name)
        change(copy)
        seen.add(hash_tree(copy))
    assert len(seen) == len(changes) + 1


def test_times_owners_and_other_modes_do_not_show(tmp_path: Path) -> None:
    made = fill(tmp_path / "t")
    before = hash_tree(made)
    os.utime(made / "a", (7, 7))
    (made / "a").chmod(0o666)
    (made / "dir").chmod(0o700)
    assert hash_tree(made) == before


def test_a_file_is_hashed_with_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    (folder / "a").write_bytes(b"hello")
    (tmp_path / "a").write_bytes(b"hello")
    (tmp_path / "b").write_bytes(b"hello")
    assert hash_tree(tmp_path / "a") == hash_tree(folder) != hash_tree(tmp_path / "b")


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (("*.o",), ["keep/c.txt", "src/a.c", "src/out/b.c"]),
        (("out/",), ["keep/c.txt", "src/a.c", "src/a.o"]),
        (("/src/",), ["keep/c.txt"]),
        (("src/*", "!src/a.c"), ["keep/c.txt", "src/a.c"]),
        (("# comment", "", "**/*.c"), ["keep/c.txt", "src/a.o"]),
    ],
)
def test_exclude(tmp_path: Path, patterns: tuple[str, ...], left: list[str]) -> None:
    def make(folder: Path, names: list[str]) -> Path:
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
        return folder

    everything = make(tmp_path / "all", ["keep/c.txt", "src/a.c", "src/a.o", "src/out/b.c"])
    copy_tree(everything, tmp_path / "copy", patterns, 0)
    files = (path for path in (tmp_path / "copy").rglob("*") if path.is_file())
    assert sorted(str(path.relative_to(tmp_path / "copy")) for path in files) == left
    assert hash_tree(everything, patterns) == hash_tree(tmp_path / "copy")


def test_a_copy_depends_on_neither_umask_nor_clock(tmp_path: Path) -> None:
    (tmp_path / "all" / "folder").mkdir(parents=True)
    (tmp_path / "all" / "folder" / "file").touch(mode=0o600)
    (tmp_path / "all" / "link").symlink_to("folder")
    before = os.umask(0o077)
    try:
        copy_tree(tmp_path / "all", tmp_path / "copy", (), 315532800)
    finally:
        os.umask(before)
    copies = [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]
    assert {path.lstat().st_mtime for path in copies} == {315532800}
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in copies}
    assert modes == {"copy": 0o755, "folder": 0o755, "file": 0o644, "link": 0o755}


def test_large_files_hash_alike_read_and_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "big").write_bytes(random.Random(1).randbytes((3 << 20) + 5))
    read = hash_tree(tmp_path)
    monkeypatch.setattr(tree_module, "MAPPED_SIZE", 1)
    monkeypatch.setattr(tree_module, "MAPPED_PIECE", 1 << 20)
    assert hash_tree(tmp_path) == read


@pytest.mark.parametrize("mapped", [True, False])
def test_hashing_ends_when_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped: bool
) -> None:
    monkeypatch.setattr(tree_module, "MAPPED_SIZE", 1 if mapped else 1 << 60)
    monkeypatch.setattr(tree_module, "MAPPED_PIECE", 1 << 20)
    (tmp_path / "big").write_bytes(bytes(3 << 20))
    asked = iter([None, None])
    with pytest.raises(StopIteration):
        hash_tree(tmp_path, check=lambda: next(asked))


def test_deep_trees_are_hashed_and_removed(tmp_path: Path) -> None:
    top = tmp_path / "top"
    deep = str(top)
    for _ in range(1050):
        os.mkdir(deep)
        deep += "/d"
    with open(deep, "wb") as file:
        file.write(b"end")
    assert hash_tree(top) == hash_tree(top) != hash_tree(tmp_path)
    remove_tree(top)
    assert os.listdir(tmp_path) == []


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as unheard:
        unheard.bind(str(path))


@pytest.mark.parametrize("make", [os.mkfifo, bind])
def test_what_has_no_form_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "tree").mkdir()
    make(tmp_path / "tree/odd")
    with pytest.raises(TreeError, match="'odd': neither folder, file nor link"):
        hash_tree(tmp_path / "tree")
    with pytest.raises(TreeError, match="'odd': neither folder, file nor link"):
        copy_tree(tmp_path / "tree", tmp_path / "copy", (), 0)


# What has not changed is not read ----------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all files that are opened to be hashed."""
    names: list[str] = []
    real = os.open

    def spy(path: str, flags: int, *rest: int, **more: int) -> int:
        if not flags & os.O_DIRECTORY:
            names.append(path)
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", spy)
    return names


def remembered(folder: Path, cache: Path) -> str:
    """Hash with a cache, in a far future in which nothing is young."""
    digests = StatCache(cache, LONG_AFTER)
    digest = hash_tree(folder, digests=digests)
    digests.save()
    return digest


def test_unchanged_files_are_not_opened(tmp_path: Path, opened: list[str]) -> None:
    made = fill(tmp_path / "t")
    first = remembered(made, tmp_path / "cache")
    assert len(opened) == 4
    opened.clear()
    assert remembered(made, tmp_path / "cache") == first
    assert opened == []
    (made / "a").write_bytes(b"HELLO")
    os.utime(made / "a", (7, 7))  # or it is of the same tick of the clock
    assert remembered(made, tmp_path / "cache") == hash_tree(made) != first
    assert opened[0] == "a"


def test_young_files_are_read_again(tmp_path: Path, opened: list[str]) -> None:
    now = time.time_ns()
    made = fill(tmp_path / "t")
    for _ in range(2):
        opened.clear()
        digests = StatCache(tmp_path / "cache", now)
        hash_tree(made, digests=digests)
        digests.save()
        assert len(opened) == 4


@pytest.mark.parametrize("damage", [(0, -1), (1, None)])
def test_a_damaged_cache_is_empty(
    tmp_path: Path, opened: list[str], damage: tuple[int, int | None]
) -> None:
    made = fill(tmp_path / "t")
    first = remembered(made, tmp_path / "cache")
    (tmp_path / "cache").write_bytes((tmp_path / "cache").read_bytes()[slice(*damage)])
    opened.clear()
    assert remembered(made, tmp_path / "cache") == first
    assert len(opened) == 4


def test_a_copy_ends_when_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in "bcde":
        (tmp_path / "a" / name).touch()
    left = iter([None, None])
    with pytest.raises(StopIteration):
        copy_tree(tmp_path / "a", tmp_path / "copy", (), 0, lambda: next(left))
    assert sorted(os.listdir(tmp_path / "copy")) == ["b", "c"]


HASH_AGAIN = """\
import sys
from pathlib import Path
from punix.runtime.fetch.source import source_digest
for _ in range(60):
    source_digest(sys.argv[1], (), None, Path(sys.argv[2]))
"""


def test_a_source_may_be_cut_off_while_it_is_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    command = [sys.executable, "-c", HASH_AGAIN, str(log), str(tmp_path / "cache")]
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            for size in (tree_module.MAPPED_SIZE * 2, 0):
                os.truncate(log, size)
                time.sleep(0.001)
    assert process.returncode == 0


def test_source_errors_are_located(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, word in ((tmp_path / "none", "no such source"), (tmp_path, "neither folder")):
        with pytest.raises(ProgramError, match=word) as caught:
            source_digest(path, (), SPAN)
        assert [(it.code, it.span) for it in caught.value.diagnostics] == [(Code.E17, SPAN)]


def test_source_digest_remembers(tmp_path: Path) -> None:
    made = fill(tmp_path / "t")
    for _ in range(2):
        assert source_digest(made, (), None, tmp_path / "cache") == hash_tree(made)
