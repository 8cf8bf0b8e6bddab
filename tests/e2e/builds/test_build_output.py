"""What `punix build` says: results on stdout, one line each; all else on stderr."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from punix.ir.names import RootPath, StoreName
from punix.runtime.store.store import Store

from ..conftest import Punix, finish, spawn

PROGRAM = """
module Tool {{ {shell} recipeArgs = {{ command = "touch $OUTPUT/x" }} }}
module Bad {{ {shell} recipeArgs = {{ command = "echo '\\ta\\tb'; exit 2" }} deps = [Tool.pname] }}
module User {{ {shell} recipeArgs = {{ command = "touch $OUTPUT/x" }} deps = [Bad.pname] }}
module Last {{ {shell} recipeArgs = {{ command = "touch $OUTPUT/x" }} deps = [User.pname] }}
""".format(shell='recipe = "std.shell"')


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIX_STORE_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("PUNIX_SANDBOX", "off")
    (tmp_path / "four.pcl").write_text(PROGRAM)
    return tmp_path / "four.pcl"


def fields(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.splitlines()[:-1]]


def test_each_package_has_its_line(punix: Punix, program: Path, tmp_path: Path) -> None:
    outcome = punix("build", program)
    assert outcome.code == 3
    bad, last, tool, user = fields(outcome.out)
    assert bad[:2] == ["FAIL", "Bad"]
    assert bad[2].startswith("build failed (rc=2) — last line: a b  (log: ")
    log = bad[2].rpartition("(log: ")[2].removesuffix(")")
    assert Path(log).read_text() == "\ta\tb\n"
    assert last == ["FAIL", "Last", "not built: it needs 'Bad', which failed"]
    assert user == ["FAIL", "User", "not built: it needs 'Bad', which failed"]
    assert tool[:2] == ["ok", "Tool"]
    assert Path(tool[2]).parent == tmp_path / "store"
    assert outcome.out.splitlines()[-1] == "4 packages: 1 ok, 3 failed"
    assert "building Bad\nfinished Bad in " in outcome.err


def test_what_is_needed_and_fails_is_told_too(punix: Punix, program: Path) -> None:
    outcome = punix("build", program, "--only", "User")
    assert [row[:2] for row in fields(outcome.out)] == [["FAIL", "Bad"], ["FAIL", "User"]]
    assert (outcome.code, outcome.out.splitlines()[-1]) == (3, "2 packages: 0 ok, 2 failed")
    outcome = punix("build", program, "--only", "Tool, Nope")
    assert (outcome.code, outcome.out) == (1, "")
    assert "no package 'Nope' in the program" in outcome.err
    assert fields(punix("build", program, "--only", " Tool ,").out)[0][:2] == ["ok", "Tool"]
    outcome = punix("build", program, "--only", "")
    assert (outcome.code, outcome.out) == (2, "")
    assert "'' names no package" in outcome.err


def test_fail_fast_says_what_never_began(punix: Punix, program: Path) -> None:
    with program.open("a") as file:
        file.write('module Zebra { recipe = "std.shell" recipeArgs = { command = "true" } }\n')
    outcome = punix("build", program, "--fail-fast", "--jobs", "1")
    rows = {row[1]: row[2] for row in fields(outcome.out)}
    assert rows["Zebra"] == "not started: another build failed before"
    assert "needs 'Bad'" in rows["User"]
    assert punix("build", program, "--keep-going").code == 3


def test_a_kept_folder_is_named(punix: Punix, program: Path) -> None:
    outcome = punix("build", program, "--only", "Bad", "--keep-failed")
    message = fields(outcome.out)[0][2]
    kept = Path(message.rpartition("(kept: ")[2].removesuffix(")"))
    assert (kept / "build/build.sh").read_text().count("exit 2") == 1
    assert "(kept" not in punix("build", program, "--only", "Bad").out
    assert not kept.exists()


def test_the_document_says_all_of_it(punix: Punix, program: Path) -> None:
    document = json.loads(punix("build", program, "--dry-run", "--format", "json").out)
    assert {package["status"] for package in document["packages"]} == {"planned"}
    outcome = punix("build", program, "--format", "json")
    document = json.loads(outcome.out)
    assert (outcome.code, document["version"], document["ok"], document["failed"]) == (3, 1, 1, 3)
    bad, last, tool, _ = document["packages"]
    assert list(bad) == ["module", "name", "path", "status", "seconds", "log", "message"]
    assert [row["status"] for row in document["packages"]] == ["failed", "skipped", "ok", "skipped"]
    assert (bad["seconds"] > 0, last["seconds"], last["log"]) == (True, 0, None)
    assert Path(bad["log"]).exists() and Path(tool["log"]).exists()
    again = json.loads(punix("build", program, "--only", "Tool", "--format", "json").out)
    assert again["packages"][0] | {"status": "ok", "seconds": 0} == tool | {
        "seconds": 0,
        "log": None,
    }


def test_an_output_with_odd_names_moves_no_cursor(punix: Punix, program: Path) -> None:
    command = "mkfifo $OUTPUT/$(printf 'a\\\\033[2Jb\\\\nc\\\\td')"
    program.write_text(
        f'module Odd {{ recipe = "std.shell" recipeArgs = {{ command = "{command}" }} }}'
    )
    outcome = punix("build", program)
    assert outcome.code == 3
    [row] = fields(outcome.out)
    assert len(row) == 3 and row[2].isprintable(), row
    assert "\x1b" not in outcome.err


@contextmanager
def waiting(punix: Punix, program: Path, store: Store) -> Iterator[subprocess.Popen[str]]:
    """A build that waits until the block ends, for as long as that makes what it wants."""
    store.create()
    tool = Path(fields(punix("build", program, "--only", "Tool", "--dry-run").out)[0][2])
    with store.making(StoreName(tool.name)):
        yield spawn("build", program, "--only", "Tool")


def test_who_waits_says_who_builds(punix: Punix, program: Path, tmp_path: Path) -> None:
    with waiting(punix, program, Store(RootPath(str(tmp_path / "store")))) as process:
        assert process.stderr is not None
        seen = iter(process.stderr.readline, "")
        line = next(line for line in seen if not line.startswith("warning"))
        host = os.uname().nodename
        assert line == f"Tool waits for pid {os.getpid()} on {host}, which builds it\n"
    outcome = finish(process)
    assert (outcome.code, fields(outcome.out)[0][:2]) == (0, ["ok", "Tool"])


def test_who_waits_can_be_interrupted(punix: Punix, program: Path, tmp_path: Path) -> None:
    with waiting(punix, program, Store(RootPath(str(tmp_path / "store")))) as process:
        assert process.stderr is not None
        assert any("waits for pid" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        outcome = finish(process)
    assert (outcome.code, outcome.out, outcome.err.strip()) == (130, "", "interrupted")


OPENED: list[str] = []


def test_what_is_cached_is_not_touched(punix: Punix, program: Path, tmp_path: Path) -> None:
    assert punix("build", program, "--only", "Tool").code == 0
    tool = Path(fields(punix("build", program, "--only", "Tool", "--dry-run").out)[0][2])
    before = [(path.lstat(), path) for path in (tool, tool / "x")]
    sys.addaudithook(lambda event, args: OPENED.append(str(args[0])) if event == "open" else None)
    OPENED.clear()  # a hook of an earlier run stays, and has seen the build as well
    assert punix("build", program, "--only", "Tool, User").code == 3
    assert punix("build", program, "--only", "Tool").code == 0
    assert any("Bad" in path for path in OPENED)
    assert [path for path in OPENED if path.startswith(str(tool))] == []
    for status, path in before:
        now = path.lstat()
        assert (now.st_ino, now.st_ctime_ns, now.st_atime_ns) == (
            status.st_ino,
            status.st_ctime_ns,
            status.st_atime_ns,
        )


def test_a_dry_run_of_many_creates_nothing(punix: Punix, program: Path, tmp_path: Path) -> None:
    program.write_text(
        "".join(
            f'module P{at} {{ recipe = "std.shell" recipeArgs = {{ command = "echo {at}" }}'
            + (f" deps = [P{at // 2}.pname, P{at // 3}.pname] }}\n" if at > 3 else " }\n")
            for at in range(5_000)
        )
    )
    outcome = punix("build", program, "--dry-run")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.count("ok\tP") == len({row[2] for row in fields(outcome.out)}) == 5_000
    assert outcome.out.splitlines()[-1] == "5000 packages: 5000 ok, 0 failed"
    assert not (tmp_path / "store").exists()
