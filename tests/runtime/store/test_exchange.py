"""What is exported is imported as it was; what is not whole never counts."""

import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from signal import SIGKILL

import pytest
from blake3 import blake3
from builds import NOTHING, fake_facts, fake_name, whole_entry
from faults import memory_folder
from hypothesis import example, given
from hypothesis import strategies as st

from punix.ir.codec import dumps
from punix.ir.diagnostics import ProgramError
from punix.ir.names import RootPath
from punix.runtime.files.tree import TreeHasher
from punix.runtime.store.archive import MAGIC
from punix.runtime.store.exchange import export_entries, import_entries
from punix.runtime.store.store import Store
from punix.runtime.store.verify import verify

PROGRAM = Path(__file__).parents[2] / "import_once.py"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return at(tmp_path / "here")


def at(folder: Path) -> Store:
    store = Store(RootPath(str(folder)))
    store.create()
    return store


def exported(store: Store, *numbers: int) -> bytes:
    out = BytesIO()
    export_entries(store, map(fake_name, numbers), out)
    return out.getvalue()


def imported(store: Store, data: bytes) -> dict[str, bool]:
    with store.using():
        return {one.name: one.is_new for one in import_entries(store, BytesIO(data), str)}


def three(store: Store) -> bytes:
    """Make three entries, the last of which needs the others; return their archive."""
    whole_entry(store, 3, lambda tree: (tree / "a").write_text("lib"))
    whole_entry(store, 2, lambda tree: (tree / "l").symlink_to("/x"), [3])
    whole_entry(store, 1, lambda tree: (tree / "b").write_bytes(b"x" * 3000), [2, 3])
    return exported(store, 1)


def is_sound(store: Store) -> bool:
    return list(verify(store, deep=True)) == []


# There and back ----------------------------------------------------------


NAMES = st.binary(min_size=1, max_size=4).filter(
    lambda name: not {0, 47} & {*name} and name.strip(b".")
)
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map(tuple),
    st.one_of(
        st.binary(max_size=20),
        st.tuples(st.binary(max_size=9)),
        st.binary(min_size=1, max_size=9).filter(lambda target: 0 not in target).map(lambda t: [t]),
        st.none(),
    ),
    min_size=1,
    max_size=8,
)


def plant(tree: Path, wanted: dict[tuple[bytes, ...], object]) -> None:
    """Make files (bytes), programs (in a tuple), links (in a list) and folders (None)."""
    for names, what in wanted.items():
        path = os.path.join(os.fsencode(tree), *names)
        if any(os.path.islink(path[:at]) or os.path.isfile(path[:at]) for at in range(len(path))):
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            continue
        if what is None:
            os.mkdir(path)
        elif isinstance(what, list):
            os.symlink(what[0], path)
        else:
            with open(path, "wb") as file:
                file.write(what if isinstance(what, bytes) else what[0])  # type: ignore[index]
            os.chmod(path, 0o644 if isinstance(what, bytes) else 0o755)


@given(TREES)
@example(
    {(b"a",): None, (b"a", b"b"): b"", (b"a-b",): b"", (b"a0",): [b"\xff"], (b"\xff",): (b"",)}
)
def test_any_tree_comes_through(wanted: dict[tuple[bytes, ...], object]) -> None:
    with memory_folder() as folder:
        here, there = at(folder / "here"), at(folder / "there")
        whole_entry(here, 1, lambda tree: plant(tree, wanted))
        assert imported(there, exported(here, 1)) == {fake_name(1): True}
        assert there.entry(fake_name(1)) == here.entry(fake_name(1))
        assert is_sound(there)


def test_a_closure_comes_in_order_and_once(store: Store, tmp_path: Path) -> None:
    data = three(store)
    whole_entry(store, 9, lambda tree: (tree / "other").write_text(""))
    there = at(tmp_path / "there")
    assert list(imported(there, data).items()) == [(fake_name(n), True) for n in (3, 2, 1)]
    assert set(imported(there, data).values()) == {False}
    assert there.names() == tuple(sorted(map(fake_name, (1, 2, 3))))
    assert is_sound(there)
    start, again = archive(root=there.root)[:-1], archive(root=store.root)[:-1]
    assert exported(there, 1).removeprefix(start) == data.removeprefix(again)


def test_holes_stay_holes_and_hard_links_become_files(store: Store, tmp_path: Path) -> None:
    def fill(tree: Path) -> None:
        with (tree / "holes").open("wb") as file:
            file.seek(5 << 20)
            file.write(b"end")
            file.truncate(8 << 20)
        os.link(tree / "holes", tree / "twin")

    whole_entry(store, 1, fill)
    there = at(tmp_path / "there")
    imported(there, exported(store, 1))
    found = (there.path(fake_name(1)) / "twin").stat()
    assert (found.st_size, found.st_nlink) == (8 << 20, 1)
    assert found.st_blocks * 512 < 3 << 20
    assert is_sound(there)


def test_what_is_there_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    data, there = three(store), at(tmp_path / "there")
    whole_entry(there, 3, lambda tree: (tree / "a").write_text("another build"))
    before = there.entry(fake_name(3))
    assert imported(there, data)[fake_name(3)] is False
    assert there.entry(fake_name(3)) == before
    assert is_sound(there)


def test_a_damaged_entry_is_not_exported(store: Store) -> None:
    three(store)
    file = store.path(fake_name(1)) / "b"
    for content in (b"y" * 3000, b"x" * 2999, b"x" * 3001):
        file.chmod(0o644)
        file.write_bytes(content)
        with pytest.raises(ProgramError, match=r"\[E25\].* is not what its facts say"):
            exported(store, 1)


# What is refused ---------------------------------------------------------


def sized(data: bytes) -> bytes:
    return b"%d:%b" % (len(data), data)


def entry(number: int, *records: bytes, output: str = NOTHING, **facts: object) -> bytes:
    text = dumps(replace(fake_facts(number), output=output, **facts)).encode()  # type: ignore[arg-type]
    return b"e" + sized(text) + blake3(text).digest() + b"".join(records) + b"."


def archive(*entries: bytes, root: str = "/store") -> bytes:
    return MAGIC + sized(root.encode()) + b"".join(entries) + b"."


def true_entry(number: int, content: bytes, **facts: object) -> bytes:
    hasher = TreeHasher()
    hasher.add(b"f", b"a", blake3(content).digest())
    record = b"f1:a" + sized(content)
    facts = {"output": hasher.digest(), "size": len(content), **facts}
    return entry(number, record, **facts)  # type: ignore[arg-type]


def test_the_format_is_as_its_specification_says(store: Store) -> None:
    """An archive written by hand, byte by byte, is the one that is exported."""
    assert imported(store, archive(true_entry(1, b"hello"))) == {fake_name(1): True}
    assert exported(store, 1) == archive(true_entry(1, b"hello"), root=store.root)


def test_who_built_for_another_place_is_told(store: Store) -> None:
    told: list[str] = []
    list(import_entries(store, BytesIO(archive()), told.append))
    list(import_entries(store, BytesIO(archive(root=store.root)), told.append))
    assert told == ["built for '/store': where a path names another, it names it there"]


HOSTILE = {
    "absolute": b"f8:/tmp/bad0:",
    "up": b"f4:../a0:",
    "up inside": b"d1:af4:a/..0:",
    "here": b"d1:.",
    "no name": b"f0:0:",
    "no name inside": b"d1:af2:a/0:",
    "a NUL": b"f3:a\0b0:",
    "through a link": b"l1:a4:/tmpf3:a/b0:",
    "through a file": b"f1:a0:f3:a/b0:",
    "in no folder": b"f3:a/b0:",
    "twice": b"f1:a0:f1:a0:",
    "a link over a folder": b"d1:al1:a4:/tmp",
    "out of order": b"f1:b0:f1:a0:",
    "a link to nothing": b"l1:a0:",
    "a link with a NUL": b"l1:a3:a\0b",
    "a device": b"c1:a3:1,3",
    "more than its facts say": b"f1:a6:123456",
    "a number that is huge": b"f1:a99999999999999999999:",
    "a number with a sign": b"f2:-a-1:",
    "a number with a zero": b"f01:a0:",
    "a long path": b"f5000:" + b"a" * 5000 + b"0:",
    "nothing": b"",
}


@pytest.mark.parametrize("records", HOSTILE.values(), ids=HOSTILE)
def test_hostile_trees_are_refused(store: Store, records: bytes) -> None:
    with pytest.raises(ProgramError, match=r"\[E25\] the archive is damaged"):
        imported(store, archive(entry(1, records)))
    left = [path.name for path in Path(store.root).iterdir() if not path.name.startswith(".")]
    assert left == ["gc.lock"]
    assert os.listdir(store.inner(".tmp")) == os.listdir(store.inner(".meta")) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PUNIX ARCHIVE 2\n.",
        archive(true_entry(1, b"hello", output=NOTHING)),
        archive(true_entry(1, b"hello", size=4)),
        archive(true_entry(1, b"hello", size=6)),
        archive(true_entry(1, b"hello", references=(fake_name(2),))),
        archive(true_entry(1, b"hello", references=(fake_name(1),))),
        archive(true_entry(1, b"hello", built_at="\x1b[2J")),
        archive(true_entry(1, b"hello", built_at="2026-02-30T00:00:00Z")),
        archive(true_entry(1, b"hello", system="x86_64-linux\n")),
        archive(b"e2:{}" + blake3(b"{}").digest() + b"."),
        archive(b"e2:{}" + bytes(32) + b"."),
        archive(b"x"),
        archive(root="/a/../b"),
        archive(root="é"),
    ],
)
def test_hostile_archives_are_refused(store: Store, data: bytes) -> None:
    with pytest.raises(ProgramError, match=r"\[E25\] the archive is damaged"):
        imported(store, data)
    assert store.names() == ()


def test_what_cannot_fit_is_refused_before_it_is_written(store: Store) -> None:
    with pytest.raises(ProgramError, match=r"\[E29\] .* holds 1000000000000000 bytes, and"):
        imported(store, archive(true_entry(1, b"hello", size=10**15)))
    assert os.listdir(store.inner(".tmp")) == []


def test_something_after_the_end_is_told(store: Store) -> None:
    with pytest.raises(ProgramError, match="the archive is damaged"):
        imported(store, archive(true_entry(1, b"hello")) + b"\n")


def test_every_cut_and_every_changed_byte_is_found(store: Store) -> None:
    data = archive(true_entry(1, b"hello"))
    for at_byte in range(len(data)):
        changed = bytearray(data)
        changed[at_byte] ^= 1
        in_root = len(MAGIC) < at_byte < len(MAGIC) + len(b"6:/store")
        for bad in (data[:at_byte], *([] if in_root else [bytes(changed)])):
            with pytest.raises(ProgramError):
                imported(store, bad)
        if at_byte < len(data) - 1:
            assert store.names() == ()
        store.quarantine(fake_name(1))


# Interrupted -------------------------------------------------------------


def start(store: Store, archive_file: Path, *before: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*before, sys.executable, str(PROGRAM), store.root, str(archive_file)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


CALLS = ["mkdir", "rename", "fchmodat", "utimensat", "fsync", "syncfs", "symlink", "flock", "chmod"]


@pytest.mark.strace
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_real_system_calls(call: str) -> None:
    """Killed on entering the n-th call of a kind that an import makes."""
    for when in (1, 2, 4):
        with memory_folder() as folder:
            here, there = at(folder / "here"), at(folder / "there")
            file = folder / "archive"
            file.write_bytes(three(here))
            inject = f"inject={call}:signal=SIGKILL:when={when}"
            done = start(there, file, "strace", "-f", "-o/dev/null", "-e", inject)
            assert done.returncode in (0, -SIGKILL), done.stderr
            left = set(there.names())
            assert left in [set(map(fake_name, group)) for group in ([], [3], [3, 2], [3, 2, 1])]
            assert is_sound(there)
            assert start(there, file).returncode == 0
            assert there.names() == here.names()
            assert is_sound(there)
            assert os.listdir(there.inner(".tmp")) == os.listdir(there.inner(".trash")) == []


def test_stopped_between_any_two_reads(store: Store, tmp_path: Path) -> None:
    """The writer of a pipe may go at any byte; what is there by then is whole."""
    data, there = three(store), at(tmp_path / "there")
    known = 0
    for size in range(0, len(data), 97):
        with pytest.raises(ProgramError):
            imported(there, data[:size])
        assert len(there.names()) >= known
        known = len(there.names())
        assert is_sound(there)
    assert known >= 2
