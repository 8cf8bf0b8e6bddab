import os
from pathlib import Path

import pytest
from builds import NOTHING, fake_entry, fake_facts, fake_name

from punix.ir.codec import dumps
from punix.ir.diagnostics import Code, ProgramError
from punix.ir.manifest import Manifest
from punix.ir.names import BadName, ModuleName, RootPath
from punix.runtime.files.lock import LockHeld
from punix.runtime.files.sealed import seal
from punix.runtime.store.gc import collect
from punix.runtime.store.roots import deployment_roots, register_root
from punix.runtime.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(RootPath(str(tmp_path / "store")))
    made.create()
    return made


def deploy(store: Store, root: Path, generation: int, *numbers: int) -> Path:
    """Write the manifest of a generation that pins some entries, and register its root."""
    manifest = Manifest(
        stack=ModuleName("Web"),
        kind="stack",
        backend="systemd",
        scope="system",
        scenario=None,
        generation=generation,
        tree=f"gen-{generation:03}",
        previous=None,
        deployed_at="2026-11-23T00:00:00Z",
        deployed_by="0",
        tool="0",
        source_hash=NOTHING,
        bundle=NOTHING,
        store_root=store.root,
        store_paths=tuple(map(fake_name, numbers)),
        files=(),
        secrets=(),
        units=(),
        shared_files=(),
        enablement=(),
        dirs=(),
    )
    path = root / "Web" / f"gen-{generation:03}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(seal(manifest))
    register_root(store, root)
    return path


# Entries -----------------------------------------------------------------


def test_only_facts_make_an_entry_valid(store: Store) -> None:
    store.path(fake_name(1)).mkdir()
    assert not store.is_valid(fake_name(1))
    assert store.names() == ()
    name = fake_entry(store, 2)
    assert store.is_valid(name)
    assert store.names() == (name,)


def test_looking_creates_nothing(tmp_path: Path) -> None:
    store = Store(RootPath(str(tmp_path / "none")))
    assert (store.names(), store.is_valid(fake_name(1))) == ((), False)
    assert deployment_roots(store) == []
    assert collect(store).dead == ()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("text", ['{"punix": 1', '{"references": 1}', "[" * 100_000])
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
        store.meta_path(facts.name).write_text(dumps(facts))
    assert len(store.closure([fake_name(0)])) == 10_000
    assert len(store.closure([fake_name(9_990)])) == 10
    assert len(collect(store, dry_run=True).dead) == 10_000


def test_quarantine_takes_read_only_trees(store: Store) -> None:
    name = fake_entry(store, 1)
    store.quarantine(name)
    assert (store.names(), store.path(name).exists()) == ((), False)
    assert os.listdir(store.inner(".trash")) == []


# Collecting garbage ------------------------------------------------------


def test_what_generations_pin_stays(store: Store, tmp_path: Path) -> None:
    names = [
        fake_entry(store, number, [number + 1] if number in (1, 5) else []) for number in range(8)
    ]
    first = deploy(store, tmp_path / "here", 1, 1)
    deploy(store, tmp_path / "there" / "host", 2, 3, 99)
    report = collect(store, dry_run=True)
    assert [dead.name for dead in report.dead] == [names[0], *names[4:]]
    assert (report.size, len(store.names())) == (25, 8)
    assert [(kept.name, kept.because) for kept in report.kept][:2] == [
        (names[1], first),
        (names[2], names[1]),
    ]
    assert report.missing == (fake_name(99),)
    done = collect(store)
    assert (done.dead, done.kept) == (report.dead, report.kept)
    assert store.names() == (names[1], names[2], names[3])
    assert not store.path(names[0]).exists()
    assert os.listdir(store.inner(".trash")) == []
    assert collect(store).dead == ()


def test_extra_roots_may_be_missing(store: Store, tmp_path: Path) -> None:
    name = fake_entry(store, 1)
    deploy(Store(RootPath(str(tmp_path / "other"))), tmp_path / "foreign", 1, 1)
    assert collect(store, [tmp_path / "none", tmp_path / "foreign"]).dead[0].name == name


def test_a_store_is_the_same_by_all_its_names(store: Store, tmp_path: Path) -> None:
    name = fake_entry(store, 1)
    deploy(store, tmp_path / "here", 1, 1)
    (tmp_path / "link").symlink_to(store.root)
    other = Store(RootPath(str(tmp_path / "link")))
    assert [kept.name for kept in collect(other).kept] == [name]
    deploy(other, tmp_path / "here", 1, 1)
    assert [kept.name for kept in collect(store).kept] == [name]


def test_a_root_that_is_gone_is_dropped_and_reported(store: Store, tmp_path: Path) -> None:
    fake_entry(store, 1)
    manifest = deploy(store, tmp_path / "here", 1, 1)
    manifest.unlink()
    manifest.parent.rmdir()
    (tmp_path / "here").rmdir()
    assert collect(store, dry_run=True).dropped_roots == (tmp_path / "here",)
    assert deployment_roots(store) == [tmp_path / "here"]
    assert collect(store).dropped_roots == (tmp_path / "here",)
    assert deployment_roots(store) == []
    assert store.names() == ()


@pytest.mark.parametrize(
    "text", ["", "{}", "\udc80", '{"punix": {"ir": "manifest", "version": 9}}']
)
def test_a_manifest_that_is_none_stops_gc(store: Store, tmp_path: Path, text: str) -> None:
    name = fake_entry(store, 1)
    path = deploy(store, tmp_path / "here", 1)
    path.write_text(text, errors="surrogateescape")
    for dry_run in (True, False):
        with pytest.raises(ProgramError, match="is no manifest") as caught:
            collect(store, dry_run=dry_run)
        assert caught.value.diagnostics[0].code == Code.E27
    assert store.is_valid(name)


def test_an_unreadable_root_stops_gc(store: Store, tmp_path: Path) -> None:
    name = fake_entry(store, 1)
    register_root(store, tmp_path / "file")
    (tmp_path / "file").write_text("")
    with pytest.raises(ProgramError, match="cannot be read"):
        collect(store)
    deploy(store, tmp_path / "here", 1).unlink()
    (tmp_path / "here" / "Web" / "gen-001.json").mkdir()
    (tmp_path / "file").unlink()
    with pytest.raises(ProgramError, match="cannot be read"):
        collect(store)
    assert store.is_valid(name)


def test_a_damaged_registration_stops_gc(store: Store, tmp_path: Path) -> None:
    register_root(store, tmp_path)
    [record] = store.inner(".roots").iterdir()
    record.write_text("/elsewhere\n")
    with pytest.raises(ProgramError, match="is damaged"):
        collect(store)


def test_what_a_journal_mentions_stays(store: Store, tmp_path: Path) -> None:
    name = fake_entry(store, 1)
    manifest = deploy(store, tmp_path / "here", 1)
    (manifest.parent / "journal.json").write_text(f'{{"new": ["{name}"]}}')
    assert collect(store).dead == ()


def test_registering_twice_writes_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_root(store, tmp_path)
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    register_root(store, tmp_path)
    assert (calls, deployment_roots(store)) == ([], [tmp_path])


def test_leftovers_of_builds_go(store: Store) -> None:
    (store.inner(".tmp", fake_name(1)) / "build").mkdir(parents=True)
    store.path(fake_name(2)).mkdir()
    with store.making(fake_name(2)):
        assert [(dead.name, dead.valid) for dead in collect(store).dead] == [
            (fake_name(1), False),
            (fake_name(2), False),
        ]
        assert store.path(fake_name(2)).exists()
    collect(store)
    assert not store.path(fake_name(2)).exists()
    assert os.listdir(store.inner(".tmp")) == []


def test_gc_waits_for_users_and_names_them(store: Store) -> None:
    heard: list[str] = []
    with store.using(), store.using(), pytest.raises(LockHeld):
        collect(store, wait=0.1, waiting=heard.append)
    assert heard == [f"pid {os.getpid()}"]
    with store.using():
        assert collect(store, dry_run=True).dead == ()


def test_at_every_moment_of_gc_closures_are_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        fake_entry(store, number, [(number * 5) % 6 + 1] if number in (0, 2) else [])
    real = os.unlink

    def checked(path: str, **options: int) -> None:
        real(path, **options)
        for name in store.names():
            assert all(store.is_valid(other) for other in store.references(name))

    monkeypatch.setattr(os, "unlink", checked)
    collect(store)
    assert store.names() == ()
