"""Roots that are not on a disk of this machine are refused before anything is made."""

from pathlib import Path

import pytest

from punix.cli import local_disk
from punix.runtime.files.mounts import file_system, is_remote

from .conftest import Punix, Scratch


@pytest.fixture(params=["store", "deploys"])
def remote(
    request: pytest.FixtureRequest, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Make one of the two roots look like a network file system."""
    folder = scratch.folder / str(request.param)

    def kind(path: Path) -> str:
        return "nfs4" if path.is_relative_to(folder) else file_system(path)

    monkeypatch.setattr(local_disk, "file_system", kind)
    return str(folder)


def test_deploy_and_build_refuse(punix: Punix, scratch: Scratch, remote: str) -> None:
    commands: list[tuple[object, ...]] = [
        ("service", "deploy", "HelloStack", "--file", "hello.pcl", *scratch.roots)
    ]
    if remote.endswith("store"):
        commands.append(("build", "hello.pcl", "--store-root", scratch.store))
        (scratch.folder / "empty").write_bytes(b"")
        commands.append(("store", "import", "empty", "--store-root", scratch.store))
    for command in commands:
        done = punix(*command)
        assert (done.code, done.out) == (1, "")
        assert f"[E29] {remote} is on nfs4" in done.err
        assert "give --unsafe-network-fs" in done.err
    assert not scratch.store.exists()
    assert not scratch.deployments.exists()


def test_who_insists_gets_it(punix: Punix, scratch: Scratch, remote: str) -> None:
    done = punix(
        *("build", "hello.pcl", "--store-root", scratch.store),
        *("--sandbox", "off", "--unsafe-network-fs"),
    )
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("kind", "remote"),
    [
        *[
            (kind, True)
            for kind in ("nfs", "nfs4", "cifs", "smb3", "fuse", "fuse.sshfs", "fuseblk")
        ],
        *[(kind, False) for kind in ("ext4", "btrfs", "overlay", "tmpfs", "fusectl", "nfsd4", "")],
    ],
)
def test_what_counts_as_remote(kind: str, remote: bool) -> None:
    assert is_remote(kind) == remote


def test_the_kernel_says_what_holds_a_path(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/proc/self")
    assert file_system(tmp_path / "link" / "no") == "proc"
    assert file_system(tmp_path / "not" / "there") == file_system(tmp_path) != ""


def test_swapped_roots_are_refused(punix: Punix, scratch: Scratch) -> None:
    deploy = ("service", "deploy", "Empty", "--file", "empty.pcl")
    Path("empty.pcl").write_text('module Empty { backend = "systemd" }', encoding="utf-8")
    roots = ("--store-root", scratch.store, "--deployments-root", scratch.deployments)
    swapped = ("--store-root", scratch.deployments, "--deployments-root", scratch.store)
    assert punix(*deploy, *roots).code == 0
    done = punix(*deploy, *swapped)
    assert (done.code, done.out) == (1, "")
    assert f"[E29] '{scratch.store}' is a store of packages" in done.err
    assert f"[E29] '{scratch.deployments}' is a deployments root" in done.err
    built = punix("build", "hello.pcl", "--store-root", scratch.deployments)
    assert (built.code, built.out) == (1, "")
    assert not (scratch.deployments / ".meta").exists()


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_one_folder_is_not_both(punix: Punix, scratch: Scratch, dry_run: tuple[str, ...]) -> None:
    assert punix("build", "hello.pcl", "--store-root", scratch.store).code == 0
    deploy = ("service", "deploy", "HelloStack", "--file", "hello.pcl", *dry_run)
    for both in (scratch.store, scratch.folder / "new"):
        done = punix(*deploy, "--store-root", both, "--deployments-root", both)
        assert done.err.startswith(f"error: [E29] '{both}' is a store of packages\n")
        assert not (both / ".dry-run").exists()
    done = punix(*deploy, "--store-root", "", "--deployments-root", scratch.deployments)
    assert "error: Invalid value for '--store-root': '' names no folder\n" in done.err
