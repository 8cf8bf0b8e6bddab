"""The same answers whatever the caller left of streams, umask and locale."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import COMMAND

from .conftest import Punix, Scratch

MODES = """module Modes {
  recipe = "std.shell"
  recipeArgs = { command = "stat -c '%a %F' . $SOURCE/* $OUTPUT > $OUTPUT/modes" }
  source = { type = "local" path = "./src" }
}
"""


def shell(line: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `line` in a shell, where "$@" is punix with arguments."""
    words = ["/bin/sh", "-c", line, "sh", *COMMAND, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_nothing_but_what_is_read(scratch: Scratch, closed: str) -> None:
    outcome = shell(f'"$@" {closed}', "build", scratch.program, "--store-root", scratch.store)
    assert (outcome.returncode, "Traceback" in outcome.stderr) == (0, False), outcome.stderr
    assert len(list(scratch.store.glob("*-hello-1.0/bin/hi"))) == 1


@pytest.fixture
def unread() -> Iterator[int]:
    """Return the writing end of a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def test_messages_that_nobody_reads_end_no_build(scratch: Scratch, unread: int) -> None:
    build = [*COMMAND, "build", "hello.pcl", "--store-root", str(scratch.store)]
    assert subprocess.run(build, stderr=unread, check=True, capture_output=False).returncode == 0
    full = shell('"$@" 2>/dev/full', "build", "hello.pcl", "--store-root", scratch.store)
    assert full.stdout.endswith("1 packages: 1 ok, 0 failed\n")


WRITES = ["--help", "explain", "passes", "version", "--version", "build --dry-run hello.pcl"]


@pytest.mark.parametrize("words", WRITES)
def test_results_that_nobody_reads_end_a_command_in_silence(
    scratch: Scratch, unread: int, words: str
) -> None:
    command = [*COMMAND, *words.split()]
    done = subprocess.run(command, stdout=unread, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("words", WRITES)
def test_results_that_find_no_room_are_an_error(scratch: Scratch, words: str) -> None:
    full = shell('"$@" >/dev/full', *words.split())
    told = "error: [E29] stdout: No space left on device\n"
    assert (full.returncode, full.stderr) == (1, told)


def test_what_finds_no_room_is_named(scratch: Scratch) -> None:
    build = ["build", "hello.pcl", "--store-root", scratch.store]
    full = shell('ulimit -f 0; "$@"', *build)
    assert full.returncode == 3
    assert f"error: [E29] '{scratch.store}': File too large\n" in full.stderr
    full = shell('ulimit -f 0; "$@"', "explain", "--markdown", "new")
    assert full.stderr == "error: [E29] new/codes.md: File too large\n"
    assert shell('"$@"', *build).returncode == 0
    export = ["store", "export", "3eq", "--store-root", scratch.store, "--output", "/dev/full"]
    full = shell('"$@"', *export)
    assert full.stderr == "error: [E29] /dev/full: No space left on device\n"


def test_a_deploy_whose_result_nobody_reads_is_done(scratch: Scratch, unread: int) -> None:
    deploy = [*COMMAND, "service", "deploy", "HelloStack", "--file", "hello.pcl", "--dry-run"]
    roots = ["--store-root", str(scratch.store), "--deployments-root", str(scratch.deployments)]
    command = [*deploy, *roots, "--events", "events"]
    assert subprocess.run(command, stdout=unread, stderr=unread, check=False).returncode == 141
    last = json.loads(Path("events").read_text().splitlines()[-1])
    assert (last["exit"], last["message"]) == (141, "nobody reads stdout")
    assert (scratch.deployments / ".dry-run/etc/hello.conf").exists()


def test_an_error_has_its_exit_code_without_a_stream_to_tell_it(tmp_path: Path) -> None:
    assert shell('"$@" 2>&-', "check", tmp_path / "nowhere.pcl").returncode == 1


def test_who_has_no_home_is_told_so(punix: Punix, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: object = None) -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    monkeypatch.delenv("PUNIX_HOME", raising=False)
    told = "error: [E29] your home folder is not known\n  hint: set HOME\n"
    for command in ("info", "ls", "gc"):
        done = punix("store", command)
        assert (done.code, done.err) == (1, told)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    line = f'cd {tmp_path}/gone; rmdir {tmp_path}/gone; "$@"'
    done = shell(line, "store", "ls", "--store-root", "here")
    told = "error: [E29] the current folder: No such file or directory\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_standard_input_is_called_so() -> None:
    done = shell('"$@" < /dev/null', "compile", "--from", "-")
    told = "error: [E25] standard input: it is empty\n"
    assert (done.returncode, done.stderr.partition("  hint")[0]) == (1, told)


def test_a_build_is_the_same_under_every_umask(tmp_path: Path) -> None:
    (tmp_path / "src" / "inner").mkdir(parents=True)
    (tmp_path / "modes.pcl").write_text(MODES)
    seen = set()
    for mask in ("000", "077"):
        store = tmp_path / mask
        outcome = shell(f'umask {mask}; "$@"', "build", tmp_path, "--store-root", store)
        assert outcome.returncode == 0, outcome.stderr
        seen.add(next(store.glob("*-Modes-0/modes")).read_text())
        assert {path.stat().st_mode & 0o777 for path in store.glob(".logs/*")} == {0o644}
    assert len(seen) == 1


def test_an_interrupt_before_the_command_begins_is_told_in_a_word(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")
    script = Path(__file__).parents[2] / "bin/punix"
    outcome = shell(f"PYTHONPATH={tmp_path} exec {sys.executable} {script} check nothing.pcl")
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (130, "", "interrupted\n")
