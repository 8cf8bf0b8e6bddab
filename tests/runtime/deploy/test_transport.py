"""What every transport promises; one suite, run over each implementation."""

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest
from patience import PATIENCE

from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.target.transport import LeavesRoot, Transport
from punix.runtime.files.lock import LockHeld


@pytest.fixture(params=["scratch root", "the machine"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Transport, str, Path]:
    """A transport, a folder as it sees it, and the same folder as the test sees it."""
    if request.param == "the machine":
        return Local("/"), str(tmp_path), tmp_path
    (tmp_path / "root/work").mkdir(parents=True)
    return Local(str(tmp_path / "root")), "/work", tmp_path / "root/work"


Place = tuple[Transport, str, Path]


def test_files(place: Place) -> None:
    transport, folder, real = place
    before = os.umask(0o077)
    try:
        transport.write(f"{folder}/a", b"abc", 0o751, modified=7, sync=True)
    finally:
        os.umask(before)
    found = transport.status(f"{folder}/a")
    assert found is not None
    assert (found.kind, found.mode, found.size, found.modified) == ("file", 0o751, 3, 7 * 10**9)
    assert transport.read(f"{folder}/a") == b"abc"
    assert transport.read(f"{folder}/a", 2) == b"ab"
    transport.append(f"{folder}/a", b"d")
    assert (real / "a").read_bytes() == b"abcd"
    with pytest.raises(FileExistsError):
        transport.write(f"{folder}/a", b"", 0o644)
    transport.set_mode(f"{folder}/a", 0o600)
    assert stat.S_IMODE((real / "a").stat().st_mode) == 0o600
    transport.hard_link(f"{folder}/b", f"{folder}/a")
    assert (real / "b").stat().st_ino == (real / "a").stat().st_ino
    transport.rename(f"{folder}/b", f"{folder}/c")
    transport.remove(f"{folder}/a")
    assert transport.names(folder) == ["c"]


def test_a_write_does_not_follow_links(place: Place) -> None:
    transport, folder, real = place
    (real / "link").symlink_to("elsewhere")
    with pytest.raises(FileExistsError):
        transport.write(f"{folder}/link", b"", 0o644)
    with pytest.raises(OSError, match="link"):
        transport.append(f"{folder}/link", b"x")
    assert not (real / "elsewhere").exists()


def test_links(place: Place) -> None:
    transport, folder, real = place
    transport.make_link(f"{folder}/link", "nowhere")
    assert transport.read_link(f"{folder}/link") == "nowhere"
    assert transport.status(f"{folder}/link").kind == "link"  # type: ignore[union-attr]
    with pytest.raises(FileExistsError):
        transport.make_link(f"{folder}/link", "other")
    (real / "file").touch()
    assert transport.read_link(f"{folder}/file") is None
    assert transport.read_link(f"{folder}/nothing") is None
    assert transport.read_link(f"{folder}/file/below") is None


def test_folders(place: Place) -> None:
    transport, folder, real = place
    before = os.umask(0o077)
    try:
        transport.make_folder(f"{folder}/a")
        transport.make_folder(f"{folder}/b", 0o700)
    finally:
        os.umask(before)
    assert stat.S_IMODE((real / "a").stat().st_mode) == 0o755
    assert stat.S_IMODE((real / "b").stat().st_mode) == 0o700
    transport.write(f"{folder}/a/file", b"", 0o644)
    with pytest.raises(OSError, match="not empty"):
        transport.remove_folder(f"{folder}/a")
    transport.remove_tree(f"{folder}/a")
    transport.remove_tree(f"{folder}/a")
    transport.remove_folder(f"{folder}/b")
    assert transport.names(folder) == []
    assert transport.names(f"{folder}/nothing") == []
    transport.sync_folder(folder)
    transport.sync_filesystem(folder)


def test_what_is_not_there(place: Place) -> None:
    transport, folder, _ = place
    assert transport.status(f"{folder}/nothing") is None
    with pytest.raises(FileNotFoundError, match="nothing"):
        transport.read(f"{folder}/nothing")
    with pytest.raises(FileNotFoundError, match="nothing"):
        transport.remove(f"{folder}/nothing")
    assert not transport.writable(f"{folder}/nothing")
    assert transport.writable(folder)


def test_real_paths(place: Place) -> None:
    transport, folder, real = place
    (real / "alias").symlink_to(".")
    assert transport.real(f"{folder}/alias/alias/x") == f"{transport.real(folder)}/x"


def test_accounts(place: Place) -> None:
    transport, _, _ = place
    assert transport.account("user", "root") == 0
    assert transport.account("group", "root") == 0
    assert transport.account("user", "nobody-of-that-name") is None


def test_locks_name_their_holder(place: Place) -> None:
    transport, folder, _ = place
    with transport.hold(f"{folder}/lock", 0, None):
        with pytest.raises(LockHeld) as held, transport.hold(f"{folder}/lock", 0, None):
            pass
        assert held.value.holder.startswith(f"pid {os.getpid()} on ")
    with transport.hold(f"{folder}/lock", 0, None):
        pass


def test_programs(place: Place) -> None:
    transport, _, _ = place
    assert transport.run(["sh", "-c", "echo out; echo err >&2; exit 3"], PATIENCE) == (
        3,
        "out\nerr\n",
    )
    with pytest.raises(TimeoutError, match="sleep"):
        transport.run(["sleep", "1000"], 0.01)
    with pytest.raises(FileNotFoundError) as missing:
        transport.run(["no-such-program"], PATIENCE)
    assert missing.value.filename == "no-such-program"


def test_links_out_of_a_root_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/out").symlink_to("..")
    (tmp_path / "root/absolute").symlink_to("/usr")
    transport = Local(str(tmp_path / "root"))
    for path in ("/out/x", "/absolute"):
        with pytest.raises(LeavesRoot):
            transport.real(path)
    assert transport.real("/") == "/"


def test_owners_are_applied_by_root_to_the_machine_alone(tmp_path: Path) -> None:
    assert not Local(str(tmp_path)).applies_owners
    assert Local("/").applies_owners == (os.geteuid() == 0)


def test_lines_come_as_they_are_written(place: Place) -> None:
    transport, folder, real = place
    wait = f"until test -e {transport.at(folder)}/go; do sleep 0.02; done"
    with closing(transport.lines(["sh", "-c", f"echo $$; {wait}; printf last"])) as lines:
        assert int(next(lines)) > 0
        (real / "go").touch()
        assert list(lines) == [b"last"]


def test_a_program_ends_with_who_reads_its_lines(place: Place) -> None:
    with closing(place[0].lines(["sh", "-c", "echo $$; exec sleep 1000"])) as lines:
        process = int(next(lines))
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_program_that_fails_is_an_error(place: Place) -> None:
    with pytest.raises(OSError, match="ended with 3") as problem:
        list(place[0].lines(["sh", "-c", "echo one; exit 3"]))
    assert problem.value.filename == "sh"
    with pytest.raises(FileNotFoundError):
        list(place[0].lines(["no-such-program"]))
