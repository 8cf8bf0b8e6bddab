"""Paths at which something else lies: taken over, kept, given back."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from stacks_on_disk import Files, bundle, caller, copy, link, outside, read, target, tree, wish

from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.transaction.verify import verify
from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback, switch

STACK = "srv/deploys/HelloStack"
FILES: Files = {"/etc/link": link("ours"), "/etc/copy": copy("ours"), "/etc/deep/x": link("ours")}


def foreign(root: Path) -> None:
    """Things that were there before: files with their modes, links."""
    (root / "etc/deep").mkdir(parents=True)
    for name, mode in (("link", 0o640), ("copy", 0o755)):
        (root / "etc" / name).write_text(f"theirs {name}")
        (root / "etc" / name).chmod(mode)
    (root / "etc/deep/x").symlink_to("../nowhere")


def adopt(root: Path, files: Files = FILES, told: list[str] | None = None) -> None:
    notice = caller(told.append) if told is not None else caller()
    deploy(target(root), replace(wish(bundle(files)), adopt=True), notice)


def kept(root: Path) -> dict[str, str]:
    return tree(root / STACK / "adopted")


def test_what_is_adopted_comes_back_when_the_stack_goes(tmp_path: Path) -> None:
    foreign(tmp_path)
    before, told = outside(tmp_path), list[str]()
    adopt(tmp_path, told=told)
    assert {read(tmp_path, path) for path in FILES} == {"ours"}
    assert "'/etc/link' is kept as '/srv/deploys/HelloStack/adopted/etc/link'" in told[2]
    assert (tmp_path / STACK / "adopted/etc").stat().st_mode & 0o777 == 0o700
    assert verify(target(tmp_path), caller()).drifts == ()
    remove(target(tmp_path), caller())
    assert outside(tmp_path) == before
    assert not kept(tmp_path)


def test_it_comes_back_when_a_generation_without_the_path_is_live(tmp_path: Path) -> None:
    deploy(target(tmp_path), wish(bundle({"/etc/link": link("first")})), caller())
    (tmp_path / "etc/copy").write_text("theirs")
    adopt(tmp_path)
    assert read(tmp_path, "/etc/copy") == "ours"
    rollback(target(tmp_path), None, caller())
    assert (tmp_path / "etc/copy").read_text() == "theirs"
    with pytest.raises(ProgramError, match="'/etc/copy' is there already"):
        switch(target(tmp_path), 2, caller())
    switch(target(tmp_path), 2, caller(), adopt=True)
    assert read(tmp_path, "/etc/copy") == "ours"
    deploy(target(tmp_path), wish(bundle({"/etc/link": link("third")})), caller())
    assert (tmp_path / "etc/copy").read_text() == "theirs"


def test_the_first_one_is_kept_and_a_later_one_moved(tmp_path: Path) -> None:
    foreign(tmp_path)
    adopt(tmp_path)
    (tmp_path / "etc/link").unlink()
    (tmp_path / "etc/link").write_text("by hand")
    deploy_without = wish(bundle({"/etc/copy": copy("ours")}))
    with pytest.raises(ProgramError, match="'/etc/link' was changed by hand"):
        deploy(target(tmp_path), deploy_without, caller())
    told: list[str] = []
    adopt(tmp_path, told=told)
    moved = tmp_path / STACK / "drift/20261123T031500Z/etc/link"
    assert moved.read_text() == "by hand"
    assert any(str(moved).removeprefix(str(tmp_path)) in line for line in told)
    remove(target(tmp_path), caller())
    assert (tmp_path / "etc/link").read_text() == "theirs link"


def test_what_lies_there_again_is_moved_if_another_came_first(tmp_path: Path) -> None:
    foreign(tmp_path)
    adopt(tmp_path)
    (tmp_path / "etc/link").unlink()
    (tmp_path / "etc/link").write_text("by hand")
    remove(target(tmp_path), caller())
    assert (tmp_path / "etc/link").read_text() == "by hand"
    assert kept(tmp_path)["etc/link"] == "640 theirs link"
    adopt(tmp_path)
    assert read(tmp_path, "/etc/link") == "ours"
    assert (tmp_path / STACK / "drift/20261123T031500Z/etc/link").read_text() == "by hand"
    remove(target(tmp_path), caller())
    assert (tmp_path / "etc/link").read_text() == "theirs link"


def test_edits_of_ours_are_moved_aside_too(tmp_path: Path) -> None:
    adopt(tmp_path)
    (tmp_path / "etc/copy").write_text("edited")
    with open(tmp_path / "etc/link", "a") as file:
        file.write(" and more")
    with pytest.raises(ProgramError) as caught:
        deploy(target(tmp_path), wish(bundle(FILES)), caller())
    assert {found.hint for found in caught.value.diagnostics} == {
        "--adopt moves it aside and goes on; so does `punix service verify --fix`"
    }
    adopt(tmp_path)
    assert {read(tmp_path, path) for path in FILES} == {"ours"}
    aside = tree(tmp_path / STACK / "drift")
    assert {fact.split()[-1] for fact in aside.values() if "folder" not in fact} == {
        "edited",
        "more",
    }


@pytest.mark.parametrize("other", [link("x"), copy("x")])
def test_a_path_of_another_stack_is_never_adopted(tmp_path: Path, other: object) -> None:
    owned = bundle({"/etc/link": other}, "Other")  # type: ignore[dict-item]
    deploy(target(tmp_path, "Other"), wish(owned), caller())
    before = outside(tmp_path)
    with pytest.raises(ProgramError, match=r"E21.*'/etc/link' is there already: stack 'Other'"):
        adopt(tmp_path)
    assert outside(tmp_path) == before


def test_a_folder_is_never_adopted(tmp_path: Path) -> None:
    (tmp_path / "etc/link/in").mkdir(parents=True)
    os.mkfifo(tmp_path / "etc/copy")
    with pytest.raises(ProgramError) as caught:
        adopt(tmp_path)
    assert [found.message for found in caught.value.diagnostics] == [
        "'/etc/copy' is there already, a special file that is not this stack's",
        "'/etc/link' is there already, a folder that is not this stack's",
    ]
