"""What a lock says of its holder, and whom it lets in."""

import errno
import os
from pathlib import Path

import pytest

from punix.runtime.files.lock import LockHeld, hold


def holder(path: Path) -> str:
    with hold(path), pytest.raises(LockHeld) as held, hold(path, wait=0):
        pass
    return held.value.holder


def test_a_shorter_name_replaces_all_of_a_longer_one(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(f"pid {10**80} on a host that was renamed\n")
    assert holder(tmp_path / "lock") == f"pid {os.getpid()} on {os.uname().nodename}"


def test_a_full_disk_hinders_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    assert holder(tmp_path / "lock") == ""


def test_what_a_builder_wrote_there_reaches_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold(path):
        path.write_text("pid 1 \x1b[2J\n")
        with pytest.raises(LockHeld) as held, hold(path, wait=0):
            pass
    assert held.value.holder == ""


def test_only_the_owner_can_take_a_lock(tmp_path: Path) -> None:
    with hold(tmp_path / "lock"):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_what_a_builder_wrote_there_does_not_stay(tmp_path: Path) -> None:
    with hold(tmp_path / "lock") as descriptor:
        os.write(descriptor, b"x" * 10_000)
    assert (tmp_path / "lock").stat().st_size < 1000
