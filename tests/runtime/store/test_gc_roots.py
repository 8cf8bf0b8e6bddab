"""What keeps entries: deployments roots, there or away, pins and processes."""

import mmap
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from builds import fake_entry, fake_name
from patience import has_begun, until
from pinning import deploy

from punix.ir.diagnostics import Code, ProgramError
from punix.ir.names import BadName, RootPath
from punix.runtime.files.mounts import mount_of
from punix.runtime.store import process_roots
from punix.runtime.store.deployments_roots import MARKER, forget_root, register_root, registrations
from punix.runtime.store.gc import collect, survey
from punix.runtime.store.gc_roots import find_gc_roots
from punix.runtime.store.mark import Root
from punix.runtime.store.pins import PinName, pin, pin_roots, unpin
from punix.runtime.store.store import Store

TESTS = Path(__file__).parents[2]


def known(store: Store) -> list[str]:
    return [root.path for root in registrations(store)]


# Deployments roots -------------------------------------------------------


def test_registering_twice_writes_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_root(store, tmp_path)
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    register_root(store, tmp_path)
    assert (calls, known(store)) == ([], [str(tmp_path)])


def test_stores_that_register_one_root_at_once_agree(tmp_path: Path) -> None:
    stores = [Store(RootPath(str(tmp_path / f"store-{number}"))) for number in range(3)]
    (tmp_path / "root").mkdir()
    for one in stores:
        one.create()
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda one: register_root(one, tmp_path / "root"), stores * 4))
    [identity] = {root.identity for one in stores for root in registrations(one)}
    assert os.listdir(tmp_path / "root") == [MARKER]
    assert (tmp_path / "root" / MARKER).read_text() == f"{identity}\n"


def test_a_root_that_is_gone_is_dropped_and_reported(store: Store, tmp_path: Path) -> None:
    fake_entry(store, 1)
    deploy(store, tmp_path / "here", 1, 1)
    shutil.rmtree(tmp_path / "here")
    assert survey(store).dropped_roots == (tmp_path / "here",)
    assert known(store) == [str(tmp_path / "here")]
    assert collect(store).dropped_roots == (tmp_path / "here",)
    assert known(store) == []
    assert store.names() == ()


def test_a_root_that_was_made_anew_is_another(store: Store, tmp_path: Path) -> None:
    names = [fake_entry(store, number) for number in (1, 2)]
    deploy(store, tmp_path / "here", 1, 1)
    shutil.rmtree(tmp_path / "here")
    deploy(store, tmp_path / "here", 1, 2)
    assert len(registrations(store)) == 2
    assert collect(store).dropped_roots == (tmp_path / "here",)
    assert (known(store), store.names()) == ([str(tmp_path / "here")], (names[1],))


def test_a_root_without_its_marker_pins_what_it_pinned(store: Store, tmp_path: Path) -> None:
    """A copy of it that somebody put back, say."""
    name = fake_entry(store, 1)
    deploy(store, tmp_path / "here", 1, 1)
    (tmp_path / "here" / MARKER).unlink()
    assert collect(store).dropped_roots == ()
    assert store.names() == (name,)


@pytest.mark.parametrize("kind", ["a file", "a manifest that is a folder", "a link to nowhere"])
def test_an_unreadable_root_stops_gc(store: Store, tmp_path: Path, kind: str) -> None:
    name = fake_entry(store, 1)
    manifest = deploy(store, tmp_path / "here", 1)
    if kind == "a file":
        shutil.rmtree(tmp_path / "here")
        (tmp_path / "here").write_text("")
    elif kind == "a link to nowhere":
        shutil.rmtree(manifest.parent)
        manifest.parent.symlink_to(tmp_path / "not-mounted")
    else:
        manifest.unlink()
        manifest.mkdir()
    with pytest.raises(ProgramError, match=r"E29.*cannot be read"):
        collect(store)
    assert store.is_valid(name)


def test_all_that_cannot_be_read_is_told_at_once(store: Store, tmp_path: Path) -> None:
    for number, place in ((1, "one"), (2, "two")):
        deploy(store, tmp_path / place, number).write_text("{")
        (tmp_path / place / "Web" / f"gen-{number + 7:03}.json").mkdir()
    with pytest.raises(ProgramError) as caught:
        collect(store, [tmp_path / "one"])
    assert sorted(one.code for one in caught.value.diagnostics) == [Code.E27] * 2 + [Code.E29] * 2


def test_a_damaged_registration_stops_gc(store: Store, tmp_path: Path) -> None:
    register_root(store, tmp_path)
    [record] = store.inner(".roots").iterdir()
    good = record.read_text()
    for text in ("/elsewhere\n", good.replace(str(tmp_path), "/elsewhere"), "\0"):
        record.write_text(text)
        with pytest.raises(ProgramError, match=r"E27.*is damaged"):
            collect(store)


# File systems that are not mounted ---------------------------------------

MOUNTED = """
import sys
from pathlib import Path
sys.path[:] = {path!r}
from pinning import deploy
from punix.ir.names import RootPath
from punix.runtime.store.gc import collect
from punix.runtime.store.store import Store
store = Store(RootPath({store!r}))
deploy(store, Path({root!r}), 1, 1)
print(len(collect(store).kept))
"""


def deploy_on(disk: Path, place: Path, store: Store, root: Path) -> None:
    """Deploy, and collect garbage, while `disk` is mounted on `place`."""
    path = [str(TESTS), *sys.path]
    program = MOUNTED.format(path=path, store=store.root, root=str(root))
    mount = ["bwrap", "--dev-bind", "/", "/", "--bind", str(disk), str(place)]
    done = subprocess.run(
        [*mount, sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


@pytest.mark.sandbox
@pytest.mark.parametrize("below", [".", "deploys"])
def test_a_root_that_is_not_mounted_stops_gc(store: Store, tmp_path: Path, below: str) -> None:
    """Also if somebody deploys to the empty mount point meanwhile."""
    name, other = fake_entry(store, 1), fake_entry(store, 2)
    disk, place = tmp_path / "disk", tmp_path / "mnt"
    disk.mkdir()
    place.mkdir()
    root = place / below
    deploy_on(disk, place, store, root)
    other = fake_entry(store, 2)
    for _ in range(2):
        with pytest.raises(ProgramError, match=r"E29.*is not there.*\n.*punix store forget"):
            collect(store)
        deploy(store, root, 1, 2)
    assert store.names() == (name, other)
    forget_root(store, root)
    collect(store)
    assert store.names() == (other,)


def test_a_root_that_is_there_is_not_forgotten(store: Store, tmp_path: Path) -> None:
    deploy(store, tmp_path / "here", 1, 1)
    with pytest.raises(ProgramError, match=r"E26.*is there"):
        forget_root(store, tmp_path / "here")
    with pytest.raises(ProgramError, match=r"E26.*is not known"):
        forget_root(store, tmp_path / "elsewhere")
    (tmp_path / "here" / MARKER).write_text("another\n")
    forget_root(store, tmp_path / "here")
    assert known(store) == []


def test_the_mount_of_a_path_is_that_of_its_nearest_ancestor(tmp_path: Path) -> None:
    assert mount_of(tmp_path / "not" / "there") == mount_of(tmp_path)
    assert mount_of(Path("/proc/self")).endswith(" / /proc")
    assert mount_of(Path("/proc/no-such-process")) != mount_of(tmp_path)


# Pins --------------------------------------------------------------------


def test_what_is_pinned_stays(store: Store) -> None:
    user, library = fake_entry(store, 1, [2]), fake_entry(store, 2)
    pin(store, PinName("mine"), user)
    assert [(kept.name, kept.because) for kept in collect(store).kept] == [
        (user, Root("pin", "mine", user)),
        (library, user),
    ]
    pin(store, PinName("mine"), library)
    collect(store)
    assert store.names() == (library,)
    unpin(store, PinName("mine"))
    with pytest.raises(FileNotFoundError):
        unpin(store, PinName("mine"))
    collect(store)
    assert store.names() == ()


def test_a_pin_has_a_plain_name() -> None:
    for bad in ("", ".hidden", "a/b", "../up", "a b", "a" * 241):
        with pytest.raises(BadName):
            PinName(bad)


def test_damaged_pins_stop_gc_and_are_all_told(store: Store) -> None:
    for name, data in (("one", b""), ("two", b"\xff"), ("three", b"../etc\n")):
        store.inner(".pins", name).write_bytes(data)
    with pytest.raises(ProgramError) as caught:
        pin_roots(store)
    assert [one.code for one in caught.value.diagnostics] == [Code.E27] * 3


# Processes ---------------------------------------------------------------


def test_what_runs_stays(store: Store) -> None:
    names = [fake_entry(store, number) for number in range(5)]
    program = store.path(names[0]) / "sleep"
    shutil.copy(shutil.which("sleep") or "", program)
    running_one = subprocess.Popen([program, "1000"])
    working = subprocess.Popen(["sleep", "1000"], cwd=store.path(names[1]))
    script = store.path(names[3]) / "script"
    script.write_text("read line")
    reading = subprocess.Popen(["sh", script], stdin=subprocess.PIPE)
    try:
        for process in (running_one, working, reading):
            until(partial(has_begun, process.pid))
        with (store.path(names[2]) / "file").open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        kept = {one.name: str(one.because) for one in collect(store).kept}
        mapped.close()
    finally:
        for process in (running_one, working, reading):
            process.kill()
            process.communicate()
    assert kept[names[0]] == f"process {running_one.pid} (sleep)"
    assert kept[names[1]] == f"process {working.pid} (sleep)"
    assert kept[names[3]] == f"process {reading.pid} (sh)"
    assert kept[names[2]].startswith(f"process {os.getpid()} (")
    assert store.names() == tuple(names[:4])
    collect(store)
    assert store.names() == ()


def test_what_was_called_by_another_name_of_the_store_stays(store: Store, tmp_path: Path) -> None:
    """An interpreter that has read its script has it no longer open."""
    (tmp_path / "link").symlink_to(store.root)
    linked = Store(RootPath(str(tmp_path / "link")))
    name = fake_entry(store, 1)
    (store.path(name) / "script").write_text("print(flush=True); input()")
    command = [sys.executable, "-u", str(linked.path(name) / "script")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        kept = [one.name for one in collect(linked).kept]
        process.kill()
    assert kept == [name]


def test_processes_that_may_not_be_looked_at_are_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Path("/proc", str(os.getpid()))

    def refused(path: Path) -> bytes:
        if mine not in path.parents:
            raise PermissionError
        return b""

    monkeypatch.setattr(process_roots, "_link", refused)
    parent = Path("/proc", str(os.getppid()))
    monkeypatch.setattr(process_roots, "_processes", lambda: [Path("/proc/1"), mine, parent])
    assert find_gc_roots(store).unseen == 2


def test_a_process_that_ends_meanwhile_is_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_roots, "_processes", lambda: [Path("/proc/999999999")])
    assert find_gc_roots(store).unseen == 0


def test_what_runs_and_was_removed_is_not_missed(store: Store) -> None:
    name = fake_name(1)
    fake_entry(store, 1)
    process = subprocess.Popen(["sleep", "1000"], cwd=store.path(name))
    try:
        store.quarantine(name)
        report = collect(store)
    finally:
        process.kill()
        process.wait()
    assert (report.kept, report.missing) == ((), ())
