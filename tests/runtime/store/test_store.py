import os
from pathlib import Path

import pytest
from builds import fake_entry, fake_facts, fake_name

from punix.ir.diagnostics import Code, ProgramError
from punix.ir.names import BadName, RootPath
from punix.runtime.files.sealed import seal
from punix.runtime.store.deployments_roots import registrations
from punix.runtime.store.gc import collect, survey
from punix.runtime.store.store import Store

# Entries -----------------------------------------------------------------


def test_only_facts_make_an_entry_valid(store: Store) -> None:
    store.path(fake_name(1)).mkdir()
    assert not store.is_valid(fake_name(1))
    assert store.names() == ()
    name = fake_entry(store, 2)
    assert store.is_valid(name)
    store.inner(".meta", fake_name(3)).touch()
    assert store.names() == (name,)


def test_looking_creates_nothing(tmp_path: Path) -> None:
    store = Store(RootPath(str(tmp_path / "none")))
    assert (store.names(), store.is_valid(fake_name(1))) == ((), False)
    assert registrations(store) == []
    assert survey(store).dead == collect(store).dead == ()
    assert os.listdir(tmp_path) == []


SEALED = '{\n"digests": %s\n}\n'


@pytest.mark.parametrize(
    "text",
    ['{"punix": 1', '{"references": 1}', "[" * 100_000, SEALED % "{}", SEALED % ("[" * 100_000)],
)
def test_damaged_facts_are_named(store: Store, text: str) -> None:
    name = fake_entry(store, 1)
    store.meta_path(name).write_text(text)
    with pytest.raises(ProgramError, match="is damaged") as caught:
        store.closure([name])
    assert caught.value.diagnostics[0].code == Code.E25


def test_a_root_needs_no_escaping() -> None:
    for bad in ("relative", "/a b", "/a/../b", "/a\nb", "/ü"):
        with pytest.raises(BadName):
            RootPath(bad)


def test_the_closure_of_a_long_chain(store: Store) -> None:
    for number in range(10_000):
        facts = fake_facts(number, [number + 1] if number < 9_999 else [])
        store.meta_path(facts.name).write_bytes(seal(facts))
    assert len(store.closure([fake_name(0)])) == 10_000
    assert len(store.closure([fake_name(9_990)])) == 10


def test_quarantine_takes_read_only_trees(store: Store) -> None:
    name = fake_entry(store, 1)
    store.quarantine(name)
    assert (store.names(), store.path(name).exists()) == ((), False)
    assert os.listdir(store.inner(".trash")) == []
