"""The first difference of two trees, and that there is one exactly if their digests differ."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punix.runtime.files import difference
from punix.runtime.files.difference import differences, first_difference
from punix.runtime.files.tree import hash_tree

Edit = Callable[[Path], object]

NAMES = st.sampled_from(["a", "a-", "a/b", "b", "b/a/c"])
CONTENTS = st.one_of(st.binary(max_size=3), st.sampled_from(["x", "->b", "/"]))
TREES = st.dictionaries(NAMES, CONTENTS, max_size=4)


def make(folder: Path, tree: dict[str, bytes | str]) -> Path:
    """Make a tree: bytes are a file, `x` an executable one, `->b` a link, `/` a folder."""
    folder.mkdir()
    for name, content in sorted(tree.items()):
        path = folder / name
        if any(parent.is_symlink() or parent.is_file() for parent in path.parents):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content == "/":
            path.mkdir(exist_ok=True)
        elif content == "x":
            path.touch(mode=0o755)
        else:
            path.symlink_to(content[2:])
    return folder


@given(TREES, TREES)
def test_there_is_one_exactly_if_digests_differ(
    one: dict[str, bytes | str], other: dict[str, bytes | str]
) -> None:
    with TemporaryDirectory() as scratch:
        first, second = make(Path(scratch, "1"), one), make(Path(scratch, "2"), other)
        found = first_difference(first, second)
        assert (found is None) == (hash_tree(first) == hash_tree(second))


@pytest.mark.parametrize(
    ("edit", "first", "second"),
    [
        (
            lambda tree: (tree / "m").write_bytes(b"0123x56789"),
            "'m' differs at byte 4: 34 35 36 37 38 39",
            "78 35 36 37 38 39",
        ),
        (
            lambda tree: (tree / "m").write_bytes(b"01"),
            "'m' differs at byte 2: 32 33 34 35 36 37 38 39",
            "its end",
        ),
        (lambda tree: (tree / "m").chmod(0o755), "'m' is a file", "an executable file"),
        (lambda tree: (tree / "m").unlink(), "'m' is a file", "missing"),
        (lambda tree: (tree / "c").touch(), "'c' is missing", "a file"),
        (lambda tree: os.replace(tree / "m", tree / "link"), "'link' is a link", "a file"),
        (lambda tree: (tree / "z" / "n").mkdir(), "'z/n' is missing", "a folder"),
    ],
)
def test_what_is_said(tmp_path: Path, edit: Edit, first: str, second: str) -> None:
    one = make(tmp_path / "1", {"m": b"0123456789", "z": "/", "link": "->m"})
    other = make(tmp_path / "2", {"m": b"0123456789", "z": "/", "link": "->m"})
    assert first_difference(one, other) is None
    edit(other)
    assert str(first_difference(one, other)) == f"{first} in the first, {second} in the second"


def test_targets_of_links(tmp_path: Path) -> None:
    found = first_difference(make(tmp_path / "1", {"a": "->b"}), make(tmp_path / "2", {"a": "->c"}))
    assert str(found) == "'a' leads to 'b' in the first, to 'c' in the second"


def test_beyond_the_first_buffer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "BUFFER_SIZE", 4)
    found = first_difference(
        make(tmp_path / "1", {"a": b"0123456789"}), make(tmp_path / "2", {"a": b"01234567x9"})
    )
    assert str(found) == "'a' differs at byte 8: 38 39 in the first, 78 39 in the second"


def test_all_differences_in_order(tmp_path: Path) -> None:
    first = make(tmp_path / "1", {"a/gone": "x", "b": b"x", "c": b"same"})
    second = make(tmp_path / "2", {"b": b"y", "c": b"same", "d": "->b"})
    assert [(one.what, one.path) for one in differences(first, second)] == [
        ("removed", "a"),
        ("removed", "a/gone"),
        ("changed", "b"),
        ("added", "d"),
    ]
