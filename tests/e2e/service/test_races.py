"""Two commands at once, and commands that are killed: never a mixture."""

import json
import signal
import time
from pathlib import Path

import pytest
from scenes import rounds

from punix.ir.names import RootPath
from punix.runtime.store.store import Store

from ..conftest import Punix, Scratch, finish, spawn

pytestmark = pytest.mark.sandbox


def arguments(scratch: Scratch) -> tuple[object, ...]:
    return (
        *("service", "deploy", "HelloStack", "--file", scratch.program, "--dry-run"),
        *scratch.roots,
    )


def test_two_deploys_at_once_make_two_generations(punix: Punix, scratch: Scratch) -> None:
    assert punix("build", scratch.program, "--store-root", scratch.store).code == 0
    processes = [spawn(*arguments(scratch)) for _ in range(4)]
    outcomes = [finish(process) for process in processes]
    assert [outcome.code for outcome in outcomes] == [0, 0, 0, 0], outcomes
    numbers = sorted(outcome.out.split("gen-")[1][:3] for outcome in outcomes)
    assert numbers == ["001", "002", "003", "004"]
    folder = scratch.stack_folder("HelloStack")
    assert (folder / "current").readlink() == Path("gen-004.json")
    assert sorted(entry.name for entry in folder.iterdir() if entry.name.startswith(".")) == []
    assert not (folder / "journal.json").exists()
    assert [json.loads((folder / f"gen-{n}.json").read_text())["previous"] for n in numbers] == [
        None,
        1,
        2,
        3,
    ]


def test_programs_that_differ_are_never_mixed(punix: Punix, scratch: Scratch) -> None:
    """Two stacks' worth of files from two programs: all of one or all of the other."""
    other = scratch.folder / "other"
    other.mkdir()
    (other / "src").symlink_to(scratch.folder / "src")
    text = scratch.program.read_text()
    changed = text.replace("verbose = true", "verbose = false").replace("args = []", 'args = ["x"]')
    assert changed != text
    (other / "hello.pcl").write_text(changed)
    assert punix("build", scratch.program, "--store-root", scratch.store).code == 0
    for _ in rounds(3):
        processes = [
            spawn(
                *("service", "deploy", "HelloStack", "--dry-run", "--file", program),
                *scratch.roots,
            )
            for program in (scratch.program, other / "hello.pcl")
        ]
        assert [finish(process).code for process in processes] == [0, 0]
        content = (scratch.target / "etc/hello.conf").read_text()
        unit = (scratch.target / "etc/systemd/system/hello.service").read_text()
        assert ("verbose = true" in content) == ("/bin/hi\n" in unit)


def test_gc_beside_deploys_takes_nothing_that_they_use(punix: Punix, scratch: Scratch) -> None:
    Store(RootPath(str(scratch.store))).create()  # or whoever collects may find none
    for _ in rounds(2):
        collector = [spawn("store", "gc", *scratch.roots) for _ in range(2)]
        deployer = spawn(*arguments(scratch))
        outcome = finish(deployer)
        assert outcome.code == 0, outcome.err
        collected = [finish(process) for process in collector]
        assert [one.code for one in collected] == [0, 0], collected
    live = scratch.stack_folder("HelloStack") / "current"
    manifest = json.loads(live.read_text())
    assert all((scratch.store / name).is_dir() for name in manifest["store_paths"])


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.25, 0.35, 0.45])
def test_a_killed_deploy_is_mended_by_the_next(
    punix: Punix, scratch: Scratch, delay: float
) -> None:
    assert punix(*arguments(scratch)).code == 0
    scratch.program.write_text(
        scratch.program.read_text().replace("verbose = true", "verbose = no")
    )
    process = spawn(*arguments(scratch))
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    finish(process)
    content = (scratch.target / "etc/hello.conf").read_text()
    assert content in ("verbose = true\nbind = 127.0.0.1\n", "verbose = no\nbind = 127.0.0.1\n")
    outcome = punix(*arguments(scratch))
    assert outcome.code == 0, outcome.err
    assert (scratch.target / "etc/hello.conf").read_text() == "verbose = no\nbind = 127.0.0.1\n"
    assert not (scratch.stack_folder("HelloStack") / "journal.json").exists()
