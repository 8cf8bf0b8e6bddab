"""Each kind of damage is named, and mended where that can be."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from builds import Workshop, derive, fake_name, settle, whole_entry

from punix.ir.codec import dumps
from punix.ir.diagnostics import ProgramError
from punix.ir.names import Digest, RootPath
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.store.gc import collect
from punix.runtime.store.index import open_index
from punix.runtime.store.repair import repair
from punix.runtime.store.store import BuildTime, Store
from punix.runtime.store.verify import verify, verify_entry, verify_store

ONE, LIB = fake_name(1), fake_name(2)


def fill(tree: Path) -> None:
    (tree / "bin").mkdir()
    (tree / "bin/run").write_text("hello")
    (tree / "bin/run").chmod(0o755)
    (tree / "link").symlink_to("bin/run")
    (tree / os.fsdecode(b"odd \xff\n")).write_text("")


@pytest.fixture
def store(store: Store) -> Store:
    whole_entry(store, 2, fill)
    whole_entry(store, 1, fill, [2])
    return store


def write_anew(path: Path, text: str) -> None:
    """Change a file and hide it: same size, mode and time."""
    mode, times = path.stat().st_mode, (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.chmod(0o644)
    path.write_text(text)
    path.chmod(mode)
    os.utime(path, ns=times)


def open_up(folder: Path) -> None:
    folder.chmod(0o755)


def remove(store: Store, name: str) -> None:
    store.path(fake_name(int(name))).rename(store.inner("away"))


def add_file(tree: Path) -> None:
    open_up(tree)
    (tree / "more").write_text("")


def add_note(file: Path) -> None:
    file.chmod(0o755)
    os.setxattr(file, "user.note", b"x")
    file.chmod(0o555)


def folder_for(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGE: dict[str, tuple[Callable[[Store], object], str, str]] = {
    "writable": (lambda store: (store.path(ONE) / "bin/run").chmod(0o755), "rights", "'bin/run'"),
    "setuid": (lambda store: (store.path(ONE) / "bin/run").chmod(0o4555), "rights", "'bin/run'"),
    "open folder": (lambda store: (store.path(ONE) / "bin").chmod(0o777), "rights", "'bin'"),
    "open root": (lambda store: store.path(ONE).chmod(0o755), "rights", "'.'"),
    "attribute": (lambda store: add_note(store.path(ONE) / "bin/run"), "rights", "'bin/run'"),
    **(
        {"owner": (lambda store: os.lchown(store.path(ONE) / "link", 1234, -1), "rights", "'link'")}
        if os.getuid() == 0
        else {}
    ),
    "touched": (lambda store: os.utime(store.path(ONE) / "bin/run"), "changed", "'bin/run'"),
    "more files": (lambda store: add_file(store.path(ONE)), "changed", "'.', 'more'"),
    "other size": (
        lambda store: write_anew(store.path(ONE) / "bin/run", "hello!"),
        "changed",
        "holds 6 bytes instead of 5",
    ),
    "gone": (lambda store: store.path(ONE).rename(store.inner("away")), "missing", "is not there"),
    "no facts": (lambda store: store.meta_path(ONE).write_text("{"), "facts", "is damaged"),
    "no file": (lambda store: folder_for(store.meta_path(ONE)), "facts", "Is a directory"),
    "other facts": (
        lambda store: store.meta_path(ONE).write_bytes(store.meta_path(LIB).read_bytes()),
        "facts",
        f"it is about '{LIB}'",
    ),
    "no lib": (lambda store: store.quarantine(LIB), "reference", f"mentions '{LIB}'"),
    "open locks": (lambda store: store.inner(".locks").chmod(0o755), "store", "by others"),
    "open store": (lambda store: store.inner(".meta").chmod(0o777), "store", "by others"),
}


def test_a_sound_store_has_no_faults(store: Store) -> None:
    assert list(verify(store, deep=True)) == []
    assert list(repair(store)) == []


@pytest.mark.parametrize(("damage", "kind", "message"), DAMAGE.values(), ids=DAMAGE)
def test_every_damage_is_named(
    store: Store, damage: Callable[[Store], object], kind: str, message: str
) -> None:
    damage(store)
    faults = [fault for fault in verify(store, deep=False) if fault.name in (ONE, None)]
    assert kind in {fault.kind for fault in faults}
    assert any(message in fault.message for fault in faults)


def test_all_facts_gone_is_a_fault_and_a_store_that_was_only_begun_is_none(
    store: Store, tmp_path: Path
) -> None:
    shutil.rmtree(store.inner(".meta"))
    assert [fault.message for fault in verify_store(store)] == ["is not there"]
    begun = Store(RootPath(str(tmp_path / "begun")))
    begun.inner(".locks").mkdir(parents=True, mode=0o700)
    assert list(verify_store(begun)) == []


@pytest.mark.parametrize(
    "what",
    sorted({"writable", "setuid", "open folder", "attribute", "owner", "touched"} & DAMAGE.keys()),
)
def test_what_holds_the_right_bytes_is_mended(store: Store, what: str) -> None:
    before = store.entry(ONE)
    DAMAGE[what][0](store)
    assert [(one.outcome, one.name) for one in repair(store)] == [("mended", ONE)]
    assert list(verify(store, deep=True)) == []
    assert store.entry(ONE) == before


@pytest.mark.parametrize("what", ["more files", "other size", "gone", "no facts", "other facts"])
def test_what_does_not_is_valid_no_more(store: Store, what: str) -> None:
    DAMAGE[what][0](store)
    assert [(one.outcome, one.name) for one in repair(store)] == [("distrusted", ONE)]
    assert not store.is_valid(ONE)
    assert list(verify(store, deep=True)) == []


def test_one_hidden_byte_is_found_by_reading_only(store: Store) -> None:
    write_anew(store.path(ONE) / "bin/run", "hullo")
    assert list(verify(store, deep=False)) == []
    assert [fault.kind for fault in verify(store, deep=True)] == ["content"]
    assert [one.outcome for one in repair(store, [LIB])] == []
    assert [one.outcome for one in repair(store, [ONE])] == ["distrusted"]
    assert store.path(ONE).exists()


def test_what_is_mentioned_and_missing_is_told(store: Store) -> None:
    store.quarantine(LIB)
    assert [(one.outcome, one.name) for one in repair(store)] == [("missing", LIB)]


def test_folders_get_their_modes_again(store: Store) -> None:
    for name in ("", ".meta", ".tmp"):
        store.inner(name).chmod(0o777)
    assert {one.outcome for one in repair(store)} == {"mended"}
    assert [oct(store.inner(name).stat().st_mode)[-3:] for name in ("", ".meta", ".tmp")] == [
        "755",
        "755",
        "700",
    ]


def test_an_index_that_lies_goes(store: Store) -> None:
    settle(store)
    with open_index(store) as index:
        assert index.totals() == (2, 10)
    with sqlite3.connect(store.inner("db.sqlite")) as connection:
        connection.execute("UPDATE entry SET size = 99")
    connection.close()
    assert [fault.kind for fault in verify(store, deep=False)] == ["index"]
    assert [one.outcome for one in repair(store)] == ["mended"]
    with open_index(store) as index:
        assert index.totals() == (2, 10)


def edit_facts(store: Store, field: str) -> None:
    """Change one field of the facts of an entry to another that it may have."""
    entry = store.entry(ONE)
    other = {
        "references": (),
        "built_at": BuildTime("2020-01-01T00:00:00Z"),
        "size": entry.size + 1,
        "commits": ("a tag",),
        "deriver": Digest("1" * 64),
    }[field]
    text = store.meta_path(ONE).read_text()
    fresh = dumps(replace(entry, **{field: other})).splitlines()  # type: ignore[arg-type]
    before, after = (
        next(line.rstrip(",") for line in lines if line.startswith(f'"{field}"'))
        for lines in (text.splitlines(), fresh)
    )
    store.meta_path(ONE).write_text(text.replace(before, after))


@pytest.mark.parametrize("field", ["references", "built_at", "size", "commits", "deriver"])
def test_facts_that_were_edited_are_noticed(store: Store, field: str) -> None:
    edit_facts(store, field)
    [fault] = verify_entry(store, ONE, deep=False)
    assert (fault.kind, f"field '{field}' was changed" in fault.message) == ("facts", True)
    with pytest.raises(ProgramError, match="is damaged"):
        store.entry(ONE)
    assert [(one.outcome, one.name) for one in repair(store)] == [("distrusted", ONE)]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda store: edit_facts(store, "references"), "field 'references' was changed"),
        (DAMAGE["other facts"][0], "it is about"),
    ],
)
def test_edited_mentions_remove_nothing(
    store: Store, edit: Callable[[Store], object], message: str
) -> None:
    """What nothing seems to mention any more may be in use all the same."""
    edit(store)
    for use in (store.references, lambda name: store.closure([name])):
        with pytest.raises(ProgramError, match=message):
            use(ONE)
    with pytest.raises(ProgramError, match=message):
        collect(store)
    assert store.is_valid(LIB)


@pytest.mark.parametrize("kind", [pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
@pytest.mark.parametrize(
    "put",
    [os.mkfifo, Path.touch, lambda at: at.symlink_to("nothing"), lambda at: at.symlink_to("..")],
    ids=["pipe", "file", "dangling", "link"],
)
def test_a_build_takes_the_place_of_what_is_no_folder(
    tmp_path: Path, kind: str, put: Callable[[Path], None]
) -> None:
    shop = Workshop.at(tmp_path, sandbox_named(kind))
    order = derive("Hello", "echo good > $OUTPUT/file")
    shop.ok(order)
    shop.output(order).rename(tmp_path / "away")
    put(shop.output(order))
    assert not shop.store.is_valid(order.name)
    shop.ok(order)
    assert (shop.output(order) / "file").read_text() == "good\n"
    assert shop.left() == [order.name]
    assert list(verify(shop.store, deep=True)) == []


@pytest.mark.sandbox
def test_a_build_takes_the_place_of_what_nobody_trusts(tmp_path: Path) -> None:
    """Whoever looks while it is built finds the old tree; after it, the new one."""
    shop = Workshop.at(tmp_path, sandbox_named("bubblewrap"))
    order = derive("Hello", "echo good > $OUTPUT/file; test ! -e $OUTPUT/extra")
    shop.ok(order)
    file = shop.output(order) / "file"
    write_anew(file, "evil")
    add_file(shop.output(order))
    with file.open() as held:
        assert [one.outcome for one in repair(shop.store)] == ["distrusted"]
        assert file.read_text() == "evil"
        shop.ok(order)
        assert held.read() == "evil"
    assert file.read_text() == "good\n"
    assert list(verify(shop.store, deep=True)) == []
    assert shop.left() == [order.name]


@pytest.mark.sandbox
def test_a_failed_build_leaves_what_nobody_trusts(tmp_path: Path) -> None:
    shop = Workshop.at(tmp_path, sandbox_named("bubblewrap"))
    order = derive("Hello", "exit 1")
    shop.store.create()
    shop.output(order).mkdir()
    (shop.output(order) / "file").write_text("old")
    assert [one.status for one in shop.build(order)] == ["failed"]
    assert (shop.output(order) / "file").read_text() == "old"
    assert not shop.store.is_valid(order.name)
