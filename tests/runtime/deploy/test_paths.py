"""What is not ours is never touched, and every reason not to deploy comes at once."""

import grp
import os
import pwd
from dataclasses import replace
from pathlib import Path

import pytest
from faults import Unsynced
from stacks_on_disk import bundle, caller, copy, link, outside, read, target, tree, wish

from punix.ir.diagnostics import ProgramError
from punix.ir.names import AccountName
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.transaction.verify import verify, verify_and_repair
from punix.runtime.service.deploy import deploy
from punix.runtime.service.switch import rollback


def refused(root: Path, files: dict[str, object], stack: str = "HelloStack") -> list[str]:
    """Deploy, which must fail and change nothing outside punix's folders; return the messages."""
    before = outside(root)
    with pytest.raises(ProgramError) as caught:
        deploy(target(root, stack), wish(bundle(files, stack)), caller())  # type: ignore[arg-type]
    assert outside(root) == before
    folder = root / "srv/deploys" / stack
    assert not [name for name in os.listdir(folder) if "journal" in name or name.startswith(".")]
    return [f"{found.code} {found.message}" for found in caught.value.diagnostics]


def write(path: Path, text: str = "mine") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_foreign_files_are_named_and_kept(tmp_path: Path) -> None:
    write(tmp_path / "etc/file")
    (tmp_path / "etc/folder").mkdir()
    (tmp_path / "etc/link").symlink_to("file")
    (tmp_path / "etc/dangling").symlink_to("nowhere")
    files = {f"/etc/{name}": link("x") for name in ("file", "folder", "link", "dangling", "fine")}
    assert refused(tmp_path, {**files}) == [
        "E21 '/etc/dangling' is there already, a link that is not this stack's",
        "E21 '/etc/file' is there already, a file that is not this stack's",
        "E21 '/etc/folder' is there already, a folder that is not this stack's",
        "E21 '/etc/link' is there already, a link that is not this stack's",
    ]


def test_a_foreign_file_like_ours_is_still_foreign(tmp_path: Path) -> None:
    write(tmp_path / "etc/copy", "")
    assert refused(tmp_path, {"/etc/copy": copy("")})


def test_two_stacks_on_one_path(tmp_path: Path) -> None:
    deploy(target(tmp_path, "One"), wish(bundle({"/etc/a": link("1")}, "One")), caller())
    found = refused(tmp_path, {"/etc/a": link("2")}, "Two")
    assert found == ["E21 '/etc/a' is there already: stack 'One' has it"]


def test_ancestors(tmp_path: Path) -> None:
    write(tmp_path / "etc/file")
    (tmp_path / "etc/out").symlink_to("/usr")
    (tmp_path / "etc/lost").symlink_to("nowhere")
    (tmp_path / "etc/own").symlink_to("../srv/deploys")
    names = ("file/a", "file/b", "lost/a", "out/a", "own/a")
    assert refused(tmp_path, {f"/etc/{name}": link("x") for name in names}) == [
        "E21 '/etc/file' is not a folder",
        "E21 '/etc/lost' is a link to nothing",
        "E21 '/etc/out' leads out of the transport root",
        "E21 '/etc/own' leads to where punix keeps its own data",
    ]


def test_a_linked_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "etc/real").mkdir(parents=True)
    (tmp_path / "etc/alias").symlink_to("real")
    files = {"/etc/alias/a": link("a"), "/etc/alias/deep/b": copy("b")}
    here = target(tmp_path)
    deploy(here, wish(bundle(files)), caller())
    assert read(tmp_path, "/etc/real/a") == "a"
    assert read(tmp_path, "/etc/alias/deep/b") == "b"
    deploy(here, wish(bundle({})), caller())
    assert list((tmp_path / "etc/real").iterdir()) == []
    found = refused(tmp_path, {"/etc/alias/a": link("a"), "/etc/real/a": link("b")})
    assert found == ["E19 '/etc/real/a' and '/etc/alias/a' are one file here: '/etc/real/a'"]


def test_what_was_changed_by_hand_stops_deploy_and_rollback(tmp_path: Path) -> None:
    here = target(tmp_path)
    files = {
        "/etc/copy": copy("c"),
        "/etc/edited": link("e"),
        "/etc/gone": link("g"),
        "/etc/replaced": link("r"),
        "/etc/dropped": link("d"),
    }
    deploy(here, wish(bundle(files)), caller())
    deploy(here, wish(bundle(files)), caller())
    (tmp_path / "etc/copy").write_text("by hand")
    with (tmp_path / "etc/edited").open("a") as file:
        file.write("by hand")
    (tmp_path / "etc/gone").unlink()
    for name in ("replaced", "dropped"):
        (tmp_path / "etc" / name).unlink()
        write(tmp_path / "etc" / name, "by hand")
    del files["/etc/dropped"]
    expected = [
        "E21 '/etc/copy' was changed by hand: its content is edited",
        "E21 '/etc/dropped' was changed by hand: it is no longer our link",
        "E21 '/etc/edited' was changed by hand: its content is edited",
        "E21 '/etc/replaced' was changed by hand: it is no longer our link",
    ]
    assert sorted(refused(tmp_path, {**files})) == expected
    before = outside(tmp_path)
    with pytest.raises(ProgramError):
        rollback(here, None, caller())
    assert outside(tmp_path) == before


def test_a_link_that_is_gone_comes_back(tmp_path: Path) -> None:
    here = target(tmp_path)
    files = {"/etc/a": link("a"), "/etc/b": copy("b")}
    deploy(here, wish(bundle(files)), caller())
    for path in files:
        (tmp_path / path[1:]).unlink()
    deploy(here, wish(bundle(files)), caller())
    assert [read(tmp_path, path) for path in files] == ["a", "b"]


def test_a_folder_with_foreign_files_stays(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/app/a": link("a")})), caller())
    write(tmp_path / "etc/app/theirs")
    found = refused(tmp_path, {"/etc/app": link("now a file")})
    assert found == ["E21 '/etc/app' is a folder with '/etc/app/theirs', not this stack's"]
    deploy(here, wish(bundle({})), caller())
    assert os.listdir(tmp_path / "etc/app") == ["theirs"]


def test_folders_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / "etc/theirs").mkdir(parents=True)
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/theirs/a": link("a"), "/etc/ours/a": link("a")})), caller())
    deploy(here, wish(bundle({})), caller())
    assert os.listdir(tmp_path / "etc") == ["theirs"]


def test_names_of_any_kind_and_length(tmp_path: Path) -> None:
    names = ["with space", "a@b", "ünïcode", "-dash", "new\nline", "x" * 255, "é" * 127]
    files = {f"/etc/{name}": kind(name) for name in names for kind in (link,)}
    files |= {f"/etc/copies/{name}": copy(name) for name in names}
    here = target(tmp_path)
    deploy(here, wish(bundle(files)), caller())
    deploy(here, wish(bundle({path: copy("2") for path in files})), caller())
    assert {read(tmp_path, path) for path in files} == {"2"}
    rollback(here, None, caller())
    assert {path: read(tmp_path, path) for path in files} == {p: f.text for p, f in files.items()}


def test_modes_are_as_said_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        files = {"/etc/a/script": link("s", 0o755), "/etc/copy": copy("c", 0o640)}
        deploy(target(tmp_path), wish(bundle(files, secrets={"s": "S"}), {"S": "x"}), caller())
    finally:
        os.umask(before)
    facts = {path: fact.split()[:2] for path, fact in tree(tmp_path).items()}
    assert facts["etc/a"] == ["folder", "755"]
    assert (tmp_path / "etc/a/script").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "etc/copy").stat().st_mode & 0o777 == 0o640
    stack = "srv/deploys/HelloStack"
    assert facts[f"{stack}/gen-001"] == ["folder", "755"]
    assert facts[f"{stack}/gen-001/secrets"] == ["folder", "700"]
    assert facts[f"{stack}/gen-001/secrets/s"][0] == "600"
    assert facts[f"{stack}/key"][0] == "600"
    assert facts[f"{stack}/gen-001.json"][0] == "644"


class Owning(Unsynced):
    """A scratch root on which files are given away, as on the machine itself."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.applies_owners = True


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_owners(tmp_path: Path) -> None:
    here = target(tmp_path, transport=Owning(str(tmp_path)))
    stack = bundle({"/etc/a": link("a"), "/etc/b": copy("b")})
    owned = replace(
        stack,
        files=tuple(
            replace(file, owner=AccountName("nobody"), group=AccountName("daemon"))
            for file in stack.files
        ),
    )
    wanted = (pwd.getpwnam("nobody").pw_uid, grp.getgrnam("daemon").gr_gid)
    deploy(here, wish(stack), caller())
    deploy(here, wish(owned), caller())
    for path in ("/etc/a", "/etc/b"):
        found = os.stat(f"{tmp_path}{path}")
        assert (found.st_uid, found.st_gid) == wanted
    assert verify(here, caller()).drifts == ()
    os.chown(tmp_path / "etc/a", 0, 0)
    assert [drift.what for drift in verify_and_repair(here, caller()).drifts] == ["owner"]
    assert os.stat(tmp_path / "etc/a").st_uid == wanted[0]
    rollback(here, None, caller())
    assert os.stat(tmp_path / "etc/b").st_uid == 0
    nope = AccountName("nope")
    unknown = replace(stack, files=tuple(replace(file, owner=nope) for file in stack.files))
    with pytest.raises(ProgramError, match=r"E29.*'/etc/a': no user 'nope' on the target"):
        deploy(here, wish(unknown), caller())


def test_a_deployments_root_outside_of_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "srv").symlink_to(tmp_path)
    with pytest.raises(ProgramError, match=r"E21.*leads out of the transport root"):
        deploy(target(root), wish(bundle({"/etc/a": link("a")})), caller())
    assert list(tmp_path.iterdir()) == [root]


def test_a_mount_point_is_not_replaced(tmp_path: Path) -> None:
    class Mounted(Unsynced):
        def mounts(self) -> frozenset[str]:
            return frozenset({"/etc/copy"})

    deploy(target(tmp_path), wish(bundle({"/etc/copy": copy("old")})), caller())
    mounted = target(tmp_path, transport=Mounted(str(tmp_path)))
    with pytest.raises(ProgramError, match=r"E21\] '/etc/copy' is a mount point"):
        deploy(mounted, wish(bundle({"/etc/copy": copy("new")})), caller())
    assert (read(tmp_path, "/etc/copy") or "").startswith("old")


def test_mount_points_are_those_of_the_kernel() -> None:
    assert "/proc" in Local("/").mounts()
    assert Local("/proc/self/no/such/root").mounts() == frozenset()
