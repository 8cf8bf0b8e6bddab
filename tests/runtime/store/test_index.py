"""The index says what the files say, whatever happened to either."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from builds import fake_facts, fake_name, settle
from faults import memory_folder
from hypothesis import given
from hypothesis import strategies as st

from punix.ir.diagnostics import ProgramError
from punix.ir.names import RootPath, StoreName
from punix.runtime.store.index import Holding, open_index
from punix.runtime.store.store import Entry, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made(tmp_path)


def made(folder: Path) -> Store:
    store = Store(RootPath(str(folder / "store")))
    store.create()
    return store


def agrees(store: Store) -> None:
    """Hold every answer against the files."""
    entries = [store.entry(name) for name in store.names()]
    with open_index(store) as index:
        assert index.holdings() == [Holding(one.name, one.size, one.built_at) for one in entries]
        assert index.totals() == (len(entries), sum(one.size for one in entries))
        for name in {used for one in entries for used in one.references} | set(store.names()):
            users = tuple(one.name for one in entries if name in one.references)
            assert index.referrers(name) == users


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note which facts are read."""
    names: list[str] = []
    real = Store.entry

    def noting(store: Store, name: StoreName) -> Entry:
        names.append(name)
        return real(store, name)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "entry", noting)
        yield names


def garbage(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def other_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


DAMAGE: list[Callable[[Path], None]] = [Path.unlink, garbage, emptied, other_version, torn]


@given(st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(6, 9)), st.integers(-6, 9))))
def test_it_follows_every_change(steps: list[tuple[int, set[int], int]]) -> None:
    """A negative number damages or removes the file, 0 to 5 lets time pass, more changes facts."""
    with memory_folder() as folder:
        store = made(folder)
        for number, references, what in steps:
            facts = fake_facts(number, sorted(references))
            if what in range(-5, 0) and store.inner("db.sqlite").exists():
                DAMAGE[what](store.inner("db.sqlite"))
            elif what == 9:
                store.meta_path(facts.name).unlink(missing_ok=True)
            else:
                store.register(replace(facts, size=what))
            if what > 5:
                settle(store)
            agrees(store)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_one_is_made_anew(store: Store, damage: Callable[[Path], None]) -> None:
    for number in range(50):
        store.register(fake_facts(number, [number + 1]))
    agrees(store)
    damage(store.inner("db.sqlite"))
    agrees(store)
    with sqlite3.connect(store.inner("db.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_only_what_changed_is_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        store.register(fake_facts(number))
    settle(store)
    with open_index(store), counted(monkeypatch) as names:
        store.register(fake_facts(20))
        agreed = counted_totals(store)
    assert (agreed, names) == ((21, 105), [fake_name(20)])
    settle(store)
    counted_totals(store)
    monkeypatch.setattr(Store, "facts", None)
    assert counted_totals(store) == (21, 105)


def counted_totals(store: Store) -> tuple[int, int]:
    with open_index(store) as index:
        return index.totals()


def test_who_may_not_write_gets_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.register(fake_facts(1, [2]))
    agrees(store)
    before = store.inner("db.sqlite").read_bytes()
    real = sqlite3.connect

    def refused(where: str, **options: object) -> sqlite3.Connection:
        return real(where.replace("mode=rwc", "mode=ro"), **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", refused)
    store.register(fake_facts(3, [1]))
    agrees(store)
    assert store.inner("db.sqlite").read_bytes() == before
    store.inner("db.sqlite").unlink()
    agrees(store)
    assert not store.inner("db.sqlite").exists()


@pytest.mark.parametrize("damage", [garbage, torn])
def test_each_connection_is_closed_whatever_the_file_is(
    damage: Callable[[Path], None], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        store.register(fake_facts(number, [number + 1]))
    agrees(store)
    damage(store.inner("db.sqlite"))
    real, opened = sqlite3.connect, list[sqlite3.Connection]()

    def kept(where: str, **options: object) -> sqlite3.Connection:
        opened.append(real(where.replace("mode=rwc", "mode=ro"), **options))  # type: ignore[call-overload]
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", kept)
    monkeypatch.setattr(Path, "unlink", Mock(side_effect=PermissionError))
    agrees(store)
    assert len(opened) > 2
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
            connection.execute("SELECT 1")


def test_a_locked_one_delays_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punix.runtime.store.index.WAIT_SECONDS", 0.0)
    store.register(fake_facts(1))
    agrees(store)
    holder = sqlite3.connect(store.inner("db.sqlite"), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    store.register(fake_facts(2, [1]))
    agrees(store)
    holder.close()
    agrees(store)


def test_looking_at_no_store_makes_none(tmp_path: Path) -> None:
    store = Store(RootPath(str(tmp_path / "none")))
    with open_index(store) as index:
        assert (index.totals(), index.holdings()) == ((0, 0), [])
    assert os.listdir(tmp_path) == []


def test_all_damaged_facts_are_told_at_once(store: Store) -> None:
    for number in range(3):
        store.register(fake_facts(number))
        if number:
            store.meta_path(fake_name(number)).write_text("{")
    with pytest.raises(ProgramError) as caught, open_index(store):
        pass
    assert len(caught.value.diagnostics) == 2


def test_facts_that_name_a_path_twice_break_nothing(store: Store) -> None:
    store.register(fake_facts(1, [2, 2]))
    agrees(store)
