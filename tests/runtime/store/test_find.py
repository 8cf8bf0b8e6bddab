"""Which entry a text names, and what is said if it names none."""

import os
from pathlib import Path

import pytest
from builds import fake_entry, fake_name

from punix.ir.diagnostics import ProgramError
from punix.runtime.store.find import find, find_all
from punix.runtime.store.store import Store


@pytest.fixture
def store(store: Store) -> Store:
    for number in (1, 2, 12):
        fake_entry(store, number)
    return store


def test_every_way_to_name_an_entry(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = fake_name(1)
    (tmp_path / "result").symlink_to(store.path(name))
    (tmp_path / "other").symlink_to(store.root)
    ways = [name, store.path(name), f"{store.path(name)}/file", f"{store.path(name)}/no/such"]
    ways += [name[:32], name[:34], tmp_path / "result", tmp_path / "other" / name]
    assert {find(store, str(way)) for way in ways} == {name}
    monkeypatch.chdir(store.root)
    assert find(store, f"./{name}/file") == name


def test_a_link_in_an_entry_is_the_entrys(store: Store) -> None:
    store.path(fake_name(1)).chmod(0o755)
    (store.path(fake_name(1)) / "link").symlink_to(store.path(fake_name(2)))
    assert find(store, f"{store.path(fake_name(1))}/link") == fake_name(1)


def test_a_beginning_of_several_is_none(store: Store) -> None:
    with pytest.raises(ProgramError, match=r"'aaaa' begins 3 store names\n.*did you mean"):
        find(store, "aaaa")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("fake", "fake-1"),
        ("fake-12", "fake-12"),
        ("fkae-12", "fake-12"),
        (f"{'a' * 29}bbc-fake-7", f"{'a' * 30}bc-fake-12"),
        (f"{'a' * 31}x-fake-2", f"{'a' * 31}c-fake-2"),
        (f"/elsewhere/{fake_name(2)}x", str(fake_name(2))),
    ],
)
def test_the_nearest_is_named(store: Store, text: str, nearest: str) -> None:
    with pytest.raises(ProgramError) as caught:
        find(store, text)
    hint = caught.value.diagnostics[0].hint
    assert hint is not None
    assert nearest in hint


@pytest.mark.parametrize("text", ["", ".", "/", "..", "no-such-thing-at-all", "é\n", "a" * 5000])
def test_what_is_nothing_is_told(store: Store, text: str) -> None:
    with pytest.raises(ProgramError, match="no valid path"):
        find(store, text)


def test_all_wrong_ones_are_told(store: Store) -> None:
    with pytest.raises(ProgramError) as caught:
        find_all(store, ["no", fake_name(1), "none"])
    assert len(caught.value.diagnostics) == 2
    assert find_all(store, [fake_name(2), fake_name(1), fake_name(2)]) == (
        fake_name(2),
        fake_name(1),
    )


def test_an_entry_is_found_by_its_facts(store: Store) -> None:
    os.rename(store.path(fake_name(1)), store.inner("away"))
    assert find(store, fake_name(1)) == fake_name(1)
    store.meta_path(fake_name(1)).unlink()
    with pytest.raises(ProgramError, match="no valid path"):
        find(store, fake_name(1))
