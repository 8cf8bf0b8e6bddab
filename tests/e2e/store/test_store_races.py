"""Commands on one store at once, and commands that are really killed."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL

import pytest
from builds import fake_entry, fake_name
from command import COMMAND
from scenes import some
from whole import check_tidy, check_whole

from punix.ir.names import RootPath, StoreName
from punix.runtime.files.lock import hold
from punix.runtime.store.gc import collect
from punix.runtime.store.pins import PinName, pin
from punix.runtime.store.store import Store

from ..conftest import Punix, Scratch, finish, spawn

BIG = """
module Big {
  recipe = "std.shell"
  recipeArgs = { command = "TALLY for n in {1..3000}; do echo $n > $OUTPUT/$n; done" }
}
"""
DEPLOY = ("service", "deploy", "HelloStack", "--file", "hello.pcl", "--dry-run")


@contextmanager
def gc_all_the_while(store: Store) -> Iterator[None]:
    """Make an entry that nothing needs and collect garbage, over and over while the block runs."""
    taken: list[StoreName] = []
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.002):  # a lock is not handed out in turns
            with store.using():
                fake_entry(store, len(taken))
            taken.extend(dead.name for dead in collect(store).dead)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert len(set(taken)) == len(taken) > 0


@pytest.mark.parametrize("sandbox", [pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
def test_two_processes_and_gc_build_once(punix: Punix, tmp_path: Path, sandbox: str) -> None:
    program, tally = tmp_path / "big.pcl", tmp_path / "tally"
    store = Store(RootPath(str(tmp_path / "store")))
    write = f"echo once >> {tally};" if sandbox == "off" else ""  # a sandbox cannot reach it
    program.write_text(BIG.replace("TALLY", write))
    words = ("--store-root", store.root)
    name = StoreName(Path(punix("store", "path", program, "Big", *words).out.strip()).name)
    store.create()
    pin(store, PinName("big"), name)
    with gc_all_the_while(store):
        building = [spawn("build", program, *words, f"--sandbox={sandbox}") for _ in range(2)]
        outcomes = [finish(process) for process in building]
    said = f"ok\tBig\t{store.path(name)}\n1 packages: 1 ok, 0 failed\n"
    assert [(outcome.code, outcome.out) for outcome in outcomes] == [(0, said)] * 2, outcomes
    assert sandbox != "off" or tally.read_text() == "once\n"
    assert len(list(store.path(name).iterdir())) == 3000
    check_whole(store)
    check_tidy(store, {name})


@pytest.mark.sandbox
def test_a_deploy_waits_for_gc_as_long_as_it_is_told(punix: Punix, scratch: Scratch) -> None:
    assert punix(*DEPLOY, *scratch.roots).code == 0
    below = ("--transport-root", scratch.target)
    back = ("service", "switch", "HelloStack", "1", *below)
    with hold(scratch.store / "gc.lock"):
        for command in (DEPLOY, back):
            done = punix(*command, *scratch.roots, "--wait", "0")
            assert (done.code, done.out) == (1, "")
            assert f"[E22] the store is in use by pid {os.getpid()} on" in done.err


def test_gc_all_the_while_breaks_no_deploy(punix: Punix, scratch: Scratch) -> None:
    """Nor a rollback: three versions of a package, of which the last two are kept."""
    store = Store(RootPath(str(scratch.store)))
    store.create()
    text = scratch.program.read_text()
    back = ("service", "rollback", "HelloStack", "--transport-root", scratch.target)
    with gc_all_the_while(store):
        for version in ("1.1", "1.2", "1.3"):
            scratch.program.write_text(text.replace('version = "1.0"', f'version = "{version}"'))
            outcome = finish(spawn(*DEPLOY, "--keep", 2, *scratch.roots))
            assert outcome.code == 0, outcome.err
        outcome = finish(spawn(*back, *scratch.roots))
        assert outcome.code == 0, outcome.err
    collect(store)
    assert [name[33:] for name in store.names()] == ["hello-1.2", "hello-1.3"]
    check_whole(store)
    check_tidy(store, set(store.names()))


def killed(call: str, at: int, *words: object) -> bool:
    """Run a command; it, or a process that it started, is killed at its n-th call of a kind."""
    inject = ["strace", "-f", "-o/dev/null", "-e", f"inject={call}:signal=SIGKILL:when={at}"]
    done = subprocess.run([*inject, *COMMAND, *map(str, words)], capture_output=True, check=False)
    assert done.returncode in (-SIGKILL, 0, 3), done.stderr
    return done.returncode == -SIGKILL


def points(**calls: int) -> list[tuple[str, int]]:
    """Return each of so many calls of a kind; a command that makes fewer is not killed."""
    return some([(call, at) for call, most in calls.items() for at in range(1, most + 1)], 8)


@pytest.mark.strace
def test_a_build_killed_at_real_system_calls(punix: Punix, scratch: Scratch) -> None:
    store = Store(RootPath(str(scratch.store)))
    words = ("build", scratch.program, "--sandbox=off", "--store-root", store.root)
    kills = 0
    calls = {"chmod": 10, "fsync": 9, "mkdir": 12, "rename": 3, "rmdir": 2, "unlink": 4}
    for call, at in points(**calls, syncfs=1, utimensat=4, write=8):
        kills += killed(call, at, *words)
        check_whole(store)
        outcome = punix(*words)
        assert outcome.code == 0, outcome.err
        assert len(store.names()) == 1
        check_whole(store)
        assert punix("store", "gc", *scratch.roots).code == 0
        check_tidy(store, set())
    assert kills


@pytest.mark.strace
def test_a_gc_killed_at_real_system_calls(punix: Punix, scratch: Scratch) -> None:
    store = Store(RootPath(str(scratch.store)))
    kills = 0
    for call, at in points(chmod=8, fsync=1, pwrite64=9, rename=5, rmdir=5, unlink=12):
        for number in range(1, 6):
            fake_entry(store, number, [number + 1] if number < 5 else [])
        pin(store, PinName("kept"), fake_entry(store, 9))
        kills += killed(call, at, "store", "gc", *scratch.roots)
        check_whole(store, [fake_name(9)])
        assert punix("store", "gc", *scratch.roots).code == 0
        check_tidy(store, [fake_name(9)])
        check_whole(store)
        store.quarantine(fake_name(9))
    assert kills
