"""What a person did to the machine is named, and mended on request."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from stacks_on_disk import bundle, caller, copy, link, outside, read, services, target, wish

from punix.ir.diagnostics import ProgramError
from punix.ir.text import Secret
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.transaction.verify import verify, verify_and_repair
from punix.runtime.files.sealed import seal
from punix.runtime.service.deploy import deploy
from punix.runtime.service.switch import rollback, switch

FILES = {
    "/etc/copy": copy("c", 0o640),
    "/etc/deep/link": link("l"),
    "/etc/edited": link("e"),
    "/etc/mode": link("m"),
    "/etc/shut": copy("s"),
}


def append(path: Path, text: str = "by hand") -> None:
    with path.open("a") as file:
        file.write(text)


def found(here: Target) -> list[tuple[str, str]]:
    return [(drift.path, drift.what) for drift in verify(here, caller()).drifts]


def test_nothing_drifts_after_a_deploy(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle(FILES, secrets={"s": "S"}), {"S": "x"}), caller())
    assert found(here) == []
    assert verify_and_repair(here, caller()).drifts == ()


def test_every_kind_of_drift_is_named_and_mended(tmp_path: Path) -> None:
    here = target(tmp_path)
    folder = tmp_path / "srv/deploys/HelloStack"
    deploy(here, wish(bundle(FILES | {"/etc/old": link("o")})), caller())
    changed = FILES | {"/etc/mode": link("m2")}
    deploy(here, wish(bundle(changed, secrets={"s": "S"}), {"S": "x"}), caller())
    before = outside(tmp_path)
    append(tmp_path / "etc/copy")
    (tmp_path / "etc/deep/link").unlink()
    (tmp_path / "etc/deep").rmdir()
    (tmp_path / "etc/edited").unlink()
    (tmp_path / "etc/edited").write_text("by hand")
    (folder / "gen-002/etc/mode").chmod(0o666)
    (tmp_path / "etc/shut").chmod(0o600)
    (tmp_path / "etc/old").symlink_to("../srv/deploys/HelloStack/live/etc/old")
    (folder / "gen-002/secrets/s").chmod(0o644)
    expected = [
        ("/etc/copy", "content"),
        ("/etc/deep/link", "missing"),
        ("/etc/edited", "link"),
        ("/etc/mode", "mode"),
        ("/etc/shut", "mode"),
        ("/srv/deploys/HelloStack/gen-002/secrets/s", "mode"),
        ("/etc/old", "orphan"),
    ]
    assert found(here) == expected
    mended = verify_and_repair(here, caller()).drifts
    assert [(drift.path, drift.what) for drift in mended] == expected
    assert all(drift.fixed for drift in mended)
    moved = {drift.path: drift.moved for drift in mended if drift.moved}
    assert read(tmp_path, moved["/etc/edited"] or "") == "by hand"
    assert set(moved) == {"/etc/edited", "/etc/copy"}
    assert found(here) == []
    assert outside(tmp_path) == before


def test_an_edited_tree_is_put_back_from_its_copy_or_its_bundle(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/a": copy("1"), "/etc/b": link("b", 0o640)})), caller())
    append(tmp_path / "srv/deploys/HelloStack/gen-001/etc/a")
    append(tmp_path / "etc/b")
    assert found(here) == [("/etc/a", "tree"), ("/etc/b", "tree")]
    mended = verify_and_repair(here, caller()).drifts
    assert [(drift.path, drift.fixed) for drift in mended] == [("/etc/a", True), ("/etc/b", True)]
    assert (tmp_path / (mended[1].moved or "").lstrip("/")).read_text().endswith("by hand")
    assert read(tmp_path, "/etc/b") == "b"
    assert (tmp_path / "etc/b").stat().st_mode & 0o777 == 0o640
    assert found(here) == []


@pytest.mark.parametrize("damage", [Path.unlink, append])
def test_without_its_bundle_an_edited_file_stays_and_is_named(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/b": link("b")})), caller())
    damage(tmp_path / "srv/deploys/HelloStack/gen-001/bundle.json")
    append(tmp_path / "etc/b")
    (drift,) = verify_and_repair(here, caller()).drifts
    assert not drift.fixed
    assert "no generation has its bytes" in drift.message
    with pytest.raises(ProgramError, match="its content is edited"):
        deploy(here, wish(bundle({"/etc/b": link("b")})), caller())
    os.unlink(tmp_path / "srv/deploys/HelloStack/gen-001/etc/b")
    deploy(here, wish(bundle({"/etc/b": link("b")})), caller())
    assert read(tmp_path, "/etc/b") == "b"


def test_an_edit_in_place_is_mended_in_every_generation_that_shares_the_file(
    tmp_path: Path,
) -> None:
    here = target(tmp_path)
    folder = tmp_path / "srv/deploys/HelloStack"
    for text in "123":
        files = {"/etc/shared": link("s"), "/etc/own": link(text)}
        deploy(here, wish(bundle(files)), caller())
    append(tmp_path / "etc/shared")
    append(folder / "gen-002/etc/own")
    with pytest.raises(ProgramError, match="E27"):
        rollback(here, 1, caller())
    mended = verify_and_repair(here, caller()).drifts
    assert all(drift.fixed for drift in mended)
    assert [drift.path for drift in mended] == [
        "/etc/shared",
        "/srv/deploys/HelloStack/gen-001/etc/shared",
        "/srv/deploys/HelloStack/gen-002/etc/own",
        "/srv/deploys/HelloStack/gen-002/etc/shared",
    ]
    inodes = {(folder / f"gen-00{number}/etc/shared").stat().st_ino for number in (1, 2, 3)}
    assert len(inodes) == 3
    for number in (1, 2, 3):
        switch(here, number, caller())
        assert (read(tmp_path, "/etc/shared"), read(tmp_path, "/etc/own")) == ("s", str(number))
        assert found(here) == []
    assert verify_and_repair(here, caller()).drifts == ()


def test_a_folder_that_is_gone_from_a_tree_is_made_again_for_all_to_read(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle(FILES)), caller())
    folder = tmp_path / "srv/deploys/HelloStack/gen-001/etc/deep"
    shutil.rmtree(folder)
    (drift,) = verify_and_repair(here, caller()).drifts
    assert drift.fixed
    assert folder.stat().st_mode & 0o777 == 0o755
    assert read(tmp_path, "/etc/deep/link") == "l"


def test_the_same_content_uses_a_tree_with_its_bundle_and_no_other(tmp_path: Path) -> None:
    here = target(tmp_path)
    trees = []
    for number in (1, 2, 3):
        trees.append(deploy(here, wish(bundle({"/etc/b": link("b")})), caller()).live.tree)
        if number == 2:
            (tmp_path / "srv/deploys/HelloStack/gen-001/bundle.json").unlink()
    assert trees == ["gen-001", "gen-001", "gen-003"]


def test_a_store_path_that_is_gone(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle(FILES)), caller())
    drifts = verify_and_repair(here, caller(is_valid=lambda _: False)).drifts
    assert [(drift.what, drift.fixed) for drift in drifts] == [("store", False)]


def test_a_folder_in_the_way_is_moved_aside(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/a": link("a")})), caller())
    (tmp_path / "etc/a").unlink()
    (tmp_path / "etc/a").mkdir()
    (tmp_path / "etc/a/mine").write_text("mine")
    (drift,) = verify_and_repair(here, caller()).drifts
    assert drift.fixed
    assert read(tmp_path, f"{drift.moved}/mine") == "mine"
    assert read(tmp_path, "/etc/a") == "a"


def test_no_such_stack(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="E26"):
        verify(target(tmp_path), caller())
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_is_sealed_but_not_valid_is_not_used(tmp_path: Path) -> None:
    here = target(tmp_path)
    wanted = bundle({"/etc/b": link("b")})
    deploy(here, wish(wanted), caller())
    (file,) = wanted.files
    strange = replace(wanted, files=(replace(file, text=(Secret("from_env", "S"),)),))
    (tmp_path / "srv/deploys/HelloStack/gen-001/bundle.json").write_bytes(seal(strange))
    append(tmp_path / "etc/b")
    (drift,) = verify_and_repair(here, caller()).drifts
    assert not drift.fixed


def test_what_systemctl_writes_by_hand_is_named_and_made_to_follow(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(services(2)), caller())
    units, wants = tmp_path / "etc/systemd/system", "etc/systemd/system/multi-user.target.wants"
    (tmp_path / wants).mkdir()
    physical = (units / "web00000.service").resolve()
    assert "gen-001" in str(physical)
    inside = f"/{physical.relative_to(tmp_path)}"
    (tmp_path / wants / "web00000.service").symlink_to(inside)
    (tmp_path / wants / "web00001.service").symlink_to("../web00001.service")
    (tmp_path / wants / "other.service").symlink_to("/lib/systemd/system/other.service")
    (units / "web00001.service.d").mkdir()
    (units / "web00001.service.d/override.conf").write_text("[Service]\nNice=5\n")
    seen = verify(here, caller())
    [drift] = seen.drifts
    assert (drift.path, drift.what) == (f"/{wants}/web00000.service", "enabled")
    assert drift.message == f"leads to one generation, whatever is live: '{inside}'"
    assert "`systemctl enable` writes it so" in drift.remedy
    assert seen.drop_ins == ("/etc/systemd/system/web00001.service.d/override.conf",)
    assert [one.fixed for one in verify_and_repair(here, caller()).drifts] == [True]
    assert (tmp_path / wants / "web00000.service").readlink() == Path("../web00000.service")
    assert verify(here, caller()).drifts == ()
    assert (units / "web00001.service.d/override.conf").exists()
