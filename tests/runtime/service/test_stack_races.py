"""Several commands at once, real kills, and what can be seen meanwhile."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from faults import Faulty, Unsynced, stopped
from scenes import rounds
from stacks_on_disk import DEPLOYS, bundle, caller, link, read, target, wish

from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.records.manifest_file import numbers
from punix.runtime.deploy.transaction.listing import generations, show
from punix.runtime.deploy.transaction.verify import verify
from punix.runtime.files.lock import hold
from punix.runtime.service.deploy import deploy
from punix.runtime.service.switch import rollback

PROGRAM = Path(__file__).parents[2] / "deploy_once.py"
FOLDER = f"{DEPLOYS[1:]}/HelloStack"


def start(root: Path, stack: str, text: str, *before: str, count: int = 3) -> subprocess.Popen[str]:
    command = [*before, sys.executable, str(PROGRAM), str(root), stack, text, str(count)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


def test_two_deploys_at_once_make_two_generations(tmp_path: Path) -> None:
    for at in rounds(2):
        root = tmp_path / str(at)
        running = [start(root, "One", text, count=50) for text in "12"]
        made = sorted(int(said(process)) for process in running)
        assert made == [1, 2]
        texts = {read(root, f"/etc/One/{number}") for number in range(50)}
        assert len(texts) == 1
        assert texts == {read(root, "/etc/One-copy")}


def test_two_stacks_on_one_path_at_once(tmp_path: Path) -> None:
    for at in rounds(2):
        running = [start(tmp_path / str(at), stack, "1") for stack in ("One", "Two")]
        ends = [process.communicate() for process in running]
        assert sorted(process.returncode for process in running) == [0, 1], ends
        (message,) = [errors for _, errors in ends if errors]
        assert "[E21] '/etc/turns' is there already: stack" in message


def test_what_is_seen_while_a_command_is_under_way(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/a": link("a")})), caller())
    with hold(tmp_path / FOLDER / "lock"):
        listing = generations(here, lambda _: None)
        assert listing.unsettled == f"in progress (pid {os.getpid()} on {os.uname().nodename})"
        assert [info.is_live for info in listing.generations] == [True]
        with pytest.raises(ProgramError, match=r"E22.*pid"):
            rollback(here, None, caller(wait=0))


def test_what_never_lived_is_not_listed(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/a": link("a")})), caller())
    counter = Faulty(Unsynced(str(tmp_path)))
    deploy(target(tmp_path, transport=counter.as_transport()), wish(bundle({})), caller())
    last_link = max(at for at, name in enumerate(counter.calls) if name == "make_link")
    rollback(here, None, caller())
    killed = Faulty(Unsynced(str(tmp_path)), last_link)
    with stopped():
        deploy(target(tmp_path, transport=killed.as_transport()), wish(bundle({})), caller())
    assert (tmp_path / FOLDER / "gen-003.json").exists()
    with hold(tmp_path / FOLDER / "lock"):
        seen = [info.manifest.generation for info in generations(here, lambda _: None).generations]
    assert seen == [1, 2]
    notices: list[str] = []
    assert len(generations(here, notices.append).generations) == 2
    assert notices == ["stack HelloStack: undid an interrupted deploy: gen-001 is live"]
    assert not (tmp_path / FOLDER / "gen-003.json").exists()


def test_list_and_show(tmp_path: Path) -> None:
    here = target(tmp_path)
    for text in "12":
        deploy(here, wish(bundle({"/etc/a": link(text)})), caller())
    rollback(here, None, caller())
    with open(tmp_path / FOLDER / "history.jsonl", "a") as history:
        history.write("[" * 100_000 + '\n"\n{"cut')
    listing = generations(here, lambda _: None)
    assert [info.is_live for info in listing.generations] == [True, False]
    lines = [(line["verb"], line["from"], line["to"], line["result"]) for line in listing.history]
    assert lines == [("deploy", None, 1, "ok"), ("deploy", 1, 2, "ok"), ("rollback", 2, 1, "ok")]
    assert show(here, None, lambda _: None).generation == 1
    assert show(here, 2, lambda _: None).previous == 1
    with pytest.raises(ProgramError, match=r"E26.*gen-003"):
        show(here, 3, lambda _: None)
    with pytest.raises(ProgramError, match=r"E26.*no stack 'Nope'"):
        show(target(tmp_path, "Nope"), None, lambda _: None)


def test_keep_spares_what_is_in_use(tmp_path: Path) -> None:
    here = target(tmp_path)
    for text in "1234":
        deploy(here, wish(bundle({"/etc/a": link(text)})), caller())
    rollback(here, 1, caller())
    deploy(here, wish(bundle({"/etc/a": link("1")}), keep=2), caller())
    assert numbers(here) == [1, 4, 5]
    trees = sorted(name for name in os.listdir(tmp_path / FOLDER) if name[-1].isdigit())
    assert trees == ["gen-001", "gen-004"]
    assert rollback(here, None, caller()).live.generation == 1


class ReadOnly(Unsynced):
    """A target on which this user may read and not write."""

    def hold(self, path: str, *_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def test_who_may_not_write_reads_what_is_live(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, wish(bundle({"/etc/a": link("a")})), caller())
    guest = target(tmp_path, transport=ReadOnly(str(tmp_path)))
    assert generations(guest, lambda _: None).unsettled is None
    (tmp_path / FOLDER / "journal.json").write_text("{")
    listing = generations(guest, lambda _: None)
    assert listing.unsettled == "recovery pending"
    assert [info.manifest.generation for info in listing.generations] == [1]
    assert verify(guest, caller()).unsettled == "recovery pending"
    with pytest.raises(ProgramError, match=r"E29.*lock': Permission denied"):
        rollback(guest, None, caller())
