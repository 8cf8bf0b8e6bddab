"""What is read of systemd's and the kernel's answers about a unit."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from patience import has_begun, until
from stacks_on_disk import bundle, caller, link, target, wish

from punix.ir.manifest import Manifest
from punix.ir.names import StoreName
from punix.runtime.deploy.records import history
from punix.runtime.deploy.records.pointers import since
from punix.runtime.deploy.target.local import Local
from punix.runtime.service.deploy import deploy
from punix.runtime.service.switch import rollback
from punix.runtime.units.facts import UnitFacts, blocks, facts
from punix.runtime.units.process import executable, outside

PINNED, OTHER = StoreName(f"{'a' * 32}-hello-1.0"), StoreName(f"{'b' * 32}-hello-2.0")
SHOWN = """\
Type=simple
RemainAfterExit=no
MainPID=812
ExecMainStartTimestamp=Wed 2026-11-25 20:44:42.481194 UTC
ExecStart={ path=/srv/a b/hi ; argv[]=/srv/a b/hi ; x ; ignore_errors=no ; pid=0 }
Id=web.service
LoadState=loaded
ActiveState=active
SubState=running
StateChangeTimestamp=Wed 2026-11-25 20:44:43.000000 UTC
ActiveEnterTimestamp=Wed 2026-11-25 20:44:42 UTC
ControlGroup=/system.slice/web.service

Id=gone.service
LoadState=not-found
ActiveState=inactive
SubState=dead
StateChangeTimestamp=n/a
"""


def test_what_systemd_shows() -> None:
    web, gone = map(facts, blocks(SHOWN))
    moment = datetime(2026, 11, 25, 20, 44, 42, tzinfo=UTC)
    assert (web.pid, web.command, web.state.stays, web.has_drop_ins) == (
        812,
        "/srv/a b/hi",
        True,
        False,
    )
    assert not web.is_unread
    assert facts({"NeedDaemonReload": "yes"}).is_unread
    assert (web.began, web.since) == (moment + timedelta(microseconds=481194), moment)
    assert (gone.load, gone.pid, gone.command, gone.since) == ("not-found", None, None, None)
    assert facts({}).state.active == "unknown"


def test_the_lines_of_an_argument_are_no_facts() -> None:
    script = "a\n\nMainPID=1\nActiveState=failed\n\nsleep 9"
    web, gone = map(facts, blocks(SHOWN.replace("hi ; x", f"hi -c {script}")))
    assert (web.pid, web.command, web.state.active) == (812, "/srv/a b/hi", "active")
    assert gone.load == "not-found"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two packages with a program and a script each."""
    for name in (PINNED, OTHER):
        folder = tmp_path / "store" / name / "bin"
        folder.mkdir(parents=True)
        shutil.copy(shutil.which("sleep") or "", folder / "sleep")
        (folder / "script").write_text("#!/bin/sh\necho\nwhile :; do sleep 100; done\n")
        (folder / "script").chmod(0o755)
    return tmp_path / "store"


@pytest.fixture
def live(tmp_path: Path, store: Path) -> Manifest:
    done = deploy(target(tmp_path / "root"), wish(bundle({"/etc/a": link("a")})), caller())
    return replace(done.live, store_root=str(store), store_paths=(PINNED,))


@contextmanager
def process(*command: object) -> Iterator[UnitFacts]:
    """A unit whose main process runs a command, as far as it can be told from here."""
    words = list(map(str, command))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        try:
            if "script" in words[-1]:
                assert child.stdout is not None
                child.stdout.readline()
            until(partial(has_begun, child.pid))
            group = Path(f"/proc/{child.pid}/cgroup").read_text().splitlines()[0].split(":", 2)[2]
            yield facts({"MainPID": str(child.pid), "ControlGroup": group})
        finally:
            child.kill()


def runs(facts: UnitFacts, live: Manifest, transport: Local | None = None) -> str | None:
    return outside(transport or Local("/"), facts, live)


@pytest.mark.parametrize("name", [PINNED, OTHER])
@pytest.mark.parametrize("words", [("sleep", "100"), ("script",)])
def test_programs_and_scripts_are_held_against_what_is_pinned(
    store: Path, live: Manifest, name: StoreName, words: Sequence[str]
) -> None:
    path = store / name / "bin" / words[0]
    with process(path, *words[1:]) as found:
        assert runs(found, live) == (None if name == PINNED else str(path))


def test_an_interpreter_of_the_store_counts_and_an_argument_too(
    store: Path, live: Manifest
) -> None:
    with process("/bin/sh", "-c", "read x", store / OTHER / "data") as found:
        assert runs(found, live) == str(store / OTHER / "data")
    with process("/bin/sh", "-c", "read x", f"{store}-elsewhere/{OTHER}") as found:
        assert runs(found, live) is None


def test_a_store_that_is_reached_by_a_link(store: Path, live: Manifest, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(store)
    by_link = replace(live, store_root=str(tmp_path / "way"))
    path = tmp_path / "way" / OTHER / "bin/sleep"
    with process(path, "100") as found:
        assert executable(Local("/"), found) == str(store / OTHER / "bin/sleep")
        assert runs(found, by_link) is not None


def test_what_was_deleted_runs_still(store: Path, live: Manifest) -> None:
    path = store / OTHER / "bin/sleep"
    with process(path, "100") as found:
        path.unlink()
        assert executable(Local("/"), found) == str(path)
        assert runs(found, live) == str(path)


class Guest(Local):
    """A user who may not see what processes of others execute."""

    def read_link(self, path: str) -> NoReturn:
        raise PermissionError(path)


def test_who_may_not_see_the_executable_reads_the_command_line(store: Path, live: Manifest) -> None:
    path = store / OTHER / "bin/sleep"
    with process(path, "100") as found:
        assert executable(Guest("/"), found) is None
        assert runs(found, live, Guest("/")) == str(path)


def test_another_process_with_the_number_is_not_the_units(store: Path, live: Manifest) -> None:
    with process(store / OTHER / "bin/sleep", "100") as found:
        other = found._replace(cgroup="/system.slice/web.service")
        assert (executable(Local("/"), other), runs(other, live)) == (None, None)
    assert (executable(Local("/"), found), runs(found, live)) == (None, None)


def touched(path: Path) -> datetime:
    """When a file is changed now: the clock of a file system may tick every few milliseconds."""
    path.touch()
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def test_the_history_says_what_was_live_when(tmp_path: Path) -> None:
    here = target(tmp_path)
    before = datetime.now(UTC) - timedelta(seconds=1)
    moments = []
    for text in "ab":
        deploy(here, wish(bundle({"/etc/a": link(text)})), caller())
        moment = since(here, "live")
        assert moment is not None
        moments.append(moment)
        until(partial(touched, tmp_path / "clock"), moment.__lt__)
    rollback(here, None, caller())
    path = tmp_path / "srv/deploys/HelloStack/history.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], '{"since": 7}', "[]", '{"since": "soon"}', *lines[1:]]))
    assert history.was_live(here, before) is None
    assert [history.was_live(here, moment) for moment in moments] == [1, 2]
    assert history.was_live(here, datetime.now(UTC)) == 1
