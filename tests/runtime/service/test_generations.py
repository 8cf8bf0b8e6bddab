"""Deploy, rollback and switch on a scratch root."""

from dataclasses import replace
from pathlib import Path

import pytest
from stacks_on_disk import bundle, caller, copy, link, outside, read, target, tree, units, wish

from punix.ir.diagnostics import Code, ProgramError
from punix.ir.health import Health, TcpAddress, TcpCheck
from punix.ir.names import RootPath
from punix.runtime.deploy.records.manifest_file import load
from punix.runtime.deploy.staging.bundle_file import load_bundle
from punix.runtime.deploy.target.errors import fail
from punix.runtime.files.lock import LockHeld
from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback, switch

FOLDER = "srv/deploys/HelloStack"


def test_the_tutorial(tmp_path: Path) -> None:
    hello = {
        "/etc/hello.conf": link("verbose = true\n"),
        "/etc/systemd/system/hello.service": link("[Unit]\n"),
    }
    here = target(tmp_path)
    first = deploy(here, wish(bundle(hello)), caller())
    assert (first.live.generation, first.was, first.live.tree) == (1, None, "gen-001")
    second = deploy(here, wish(bundle(hello)), caller())
    assert (second.live.generation, second.was, second.live.tree) == (2, 1, "gen-001")
    back = rollback(here, None, caller())
    assert (back.live.generation, back.was) == (1, 2)
    folder = tmp_path / FOLDER
    assert (folder / "current").readlink() == Path("gen-001.json")
    assert (folder / "live").readlink() == Path("gen-001")
    assert (folder / "gen-002.json").exists()
    assert read(tmp_path, "/etc/hello.conf") == "verbose = true\n"
    assert (tmp_path / "etc/hello.conf").readlink() == Path(
        "../srv/deploys/HelloStack/live/etc/hello.conf"
    )
    assert not (folder / "journal.json").exists()
    assert deploy(here, wish(bundle(hello)), caller()).live.generation == 3


def test_files_follow_a_change(tmp_path: Path) -> None:
    here = target(tmp_path)
    old = {
        "/etc/a": link("a1"),
        "/etc/b": copy("b1"),
        "/etc/gone/deep": link("x"),
        "/etc/kind": link("file"),
        "/etc/turn/x": link("tx"),
        "/etc/lc": link("lc"),
        "/etc/cl": copy("cl"),
    }
    new = {
        "/etc/a": link("a2", 0o600),
        "/etc/b": copy("b2", 0o755),
        "/etc/kind/inner": link("inner"),
        "/etc/turn": copy("t"),
        "/etc/new/path": link("n"),
        "/etc/lc": copy("lc"),
        "/etc/cl": link("cl"),
    }
    deploy(here, wish(bundle(old)), caller())
    before = outside(tmp_path)
    assert {path: read(tmp_path, path) for path in old} == {p: f.text for p, f in old.items()}
    done = deploy(here, wish(bundle(new)), caller())
    assert done.skipped == ()
    assert {path: read(tmp_path, path) for path in new} == {p: f.text for p, f in new.items()}
    assert not (tmp_path / "etc/gone").exists()
    assert (tmp_path / "etc/b").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "etc/a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "etc/lc").is_symlink() is False
    after = outside(tmp_path)
    rollback(here, None, caller())
    assert outside(tmp_path) == before
    switch(here, 2, caller())
    assert outside(tmp_path) == after


def test_what_is_in_no_file_is_kept_as_it_is_now(tmp_path: Path) -> None:
    old = units({"a": "x"})
    asked = Health(TcpCheck(TcpAddress("localhost:1")), 10, 2)
    new = replace(old, units=tuple(replace(one, health=asked) for one in old.units))
    for wanted in (old, new):
        deploy(target(tmp_path), wish(wanted), caller())
    kept = load_bundle(target(tmp_path), load(target(tmp_path), 2).tree)
    assert kept is not None
    assert kept.units[0].health == asked


def test_rollback_goes_to_what_was_live(tmp_path: Path) -> None:
    here = target(tmp_path)
    for text in "123":
        deploy(here, wish(bundle({"/etc/a": link(text)})), caller())
    assert rollback(here, None, caller()).live.generation == 2
    assert rollback(here, None, caller()).live.generation == 1
    assert deploy(here, wish(bundle({"/etc/a": link("4")})), caller()).live.previous == 1
    assert rollback(here, None, caller()).live.generation == 1
    assert read(tmp_path, "/etc/a") == "1"
    with pytest.raises(ProgramError, match="E12"):
        rollback(here, None, caller())


def test_remove_leaves_the_machine_as_it_was(tmp_path: Path) -> None:
    here = target(tmp_path)
    (tmp_path / "etc").mkdir()
    before = outside(tmp_path)
    files = {"/etc/a": link("a"), "/etc/deep/b": copy("b"), "/etc/c": link("c")}
    deploy(here, wish(bundle(files)), caller())
    (tmp_path / "etc/c").unlink()
    (tmp_path / "etc/c").write_text("by hand")
    assert [skipped.path for skipped in remove(here, caller())] == ["/etc/c"]
    assert read(tmp_path, "/etc/c") == "by hand"
    (tmp_path / "etc/c").unlink()
    assert outside(tmp_path) == before
    with pytest.raises(ProgramError, match="E26"):
        remove(here, caller())
    assert deploy(here, wish(bundle(files)), caller()).live.generation == 2
    remove(here, caller(), purge=True)
    assert outside(tmp_path) == before
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["history.jsonl", "lock"]


def test_another_store_does_not_stand_in_for_that_of_a_generation(tmp_path: Path) -> None:
    here = target(tmp_path)
    for text in "12":
        deploy(here, wish(bundle({"/etc/a": link(text)})), caller())
    other = replace(here, store_root=RootPath("/other/store"))
    with pytest.raises(ProgramError, match=f"E12.*gen-001 uses the store '{here.store_root}'"):
        rollback(other, None, caller())
    assert read(tmp_path, "/etc/a") == "2"


def test_confirm_is_asked_under_the_lock_and_ends_it_there(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/a": link("1")})), caller())
    before = tree(tmp_path)

    def confirm() -> None:
        with pytest.raises(LockHeld), here.transport.hold(here.path("lock"), 0, None):
            pass
        fail(Code.E33, "it moved")

    with pytest.raises(ProgramError, match="it moved"):
        deploy(here, replace(wish(bundle({"/etc/a": link("2")})), confirm=confirm), caller())
    assert tree(tmp_path) == before
