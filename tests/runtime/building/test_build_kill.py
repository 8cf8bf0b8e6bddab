"""Killing, interrupting and doubling builds: what is left is whole, and nobody lives on."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from builds import Workshop, alive, derive
from patience import PATIENCE, until
from users import USERS, folder_of

from punix.ir.names import RootPath
from punix.runtime.building import builder
from punix.runtime.building import process as process_module
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.store.canonicalise import make_canonical
from punix.runtime.store.store import Store

TESTS = Path(__file__).parents[2]

PROGRAM = """
import ctypes, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
from pathlib import Path
sys.path[:] = {path!r}
from builds import Workshop, derive
from punix.runtime.building import batch, builder
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.store import store
from users import become

def pause(where):
    if where == {stop!r}:
        print("here", flush=True)
        input()

for module, stop in (
    (builder, "make_canonical"),
    (builder, "hash_tree"),
    (builder, "make_read_only"),
    (store, "syncfs"),
):
    def before(*args, _real=getattr(module, stop), _stop=stop, **options):
        pause(_stop)
        return _real(*args, **options)
    setattr(module, stop, before)
become({user})
shop = Workshop.at(Path({folder!r}), sandbox_named({sandbox!r}))
shop.events = type("Show", (list,), dict(append=lambda self, it: print(it.kind, flush=True)))()
[result] = shop.build(derive("Hello", {script!r}))
print(result.status, flush=True)
"""


def start(
    folder: Path,
    sandbox: str,
    script: str,
    stop: str = "",
    user: int = USERS["caller"],
    path: str = "",
) -> "subprocess.Popen[str]":
    """Build in a process of its own, which looks for programs at `path` first."""
    program = PROGRAM.format(
        path=[str(TESTS), *sys.path],
        stop=stop,
        folder=str(folder),
        sandbox=sandbox,
        script=script,
        user=user,
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PATH": f"{path}:{os.environ['PATH']}"},
    )


def heard(process: "subprocess.Popen[str]", word: str) -> None:
    """Read what a build says until it has said a word."""
    assert process.stdout is not None
    said = list(takewhile(lambda line: line != f"{word}\n", process.stdout))
    assert process.poll() is None, said


@pytest.fixture(params=[pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
def sandbox(request: pytest.FixtureRequest) -> str:
    return str(request.param)


SLEEPERS = "touch $OUTPUT/half; if ! test -e $OUTPUT/go; then sleep 1000 & sleep 1000; fi"


@pytest.mark.parametrize("user", USERS.values(), ids=[*USERS])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_while_the_builder_runs(sandbox: str, how: signal.Signals, user: int) -> None:
    with folder_of(user) as folder:
        killed(folder, sandbox, SLEEPERS, how, user)


@pytest.mark.sandbox
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_what_left_its_session_ends_too(tmp_path: Path, how: signal.Signals) -> None:
    daemons = SLEEPERS.replace("sleep 1000 &", "setsid -f setsid -f sleep 1000;")
    killed(tmp_path, "bubblewrap", daemons, how, USERS["caller"])


BEFORE_IT_WATCHES = """#!/bin/sh
sleep 1000 &
echo $$ $! > {folder}/two
mv {folder}/two {folder}/pids
wait
"""


@pytest.mark.parametrize("user", USERS.values(), ids=[*USERS])
def test_killed_before_the_sandbox_watches_us(user: int) -> None:
    """What bwrap is until it has asked the kernel to end with us, and its child with it."""
    with folder_of(user) as folder:
        (folder / "bwrap").write_text(BEFORE_IT_WATCHES.format(folder=folder))
        (folder / "bwrap").chmod(0o755)
        process = start(folder, "bubblewrap", "", user=user, path=str(folder))
        until((folder / "pids").exists)
        pids = (folder / "pids").read_text().split()
        process.kill()
        process.communicate()
        until(lambda: [Path("/proc", pid).exists() for pid in pids], lambda there: not any(there))
        with Store(RootPath(f"{folder}/store")).making(derive("Hello", "").name):
            pass


CLOSED = 'for at in /proc/self/fd/*; do eval "exec ${at##*/}>&-"; done; while :; do :; done'
"""A process that spins, and has nothing open that anybody could wait for."""


@pytest.mark.sandbox
def test_no_process_is_left_when_the_output_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could still change what was checked and hashed."""
    seen: list[list[str]] = []

    def look(tree: Path, limit: int | None) -> int:
        seen.append(alive(shop.output(order)))
        return make_canonical(tree, limit)

    monkeypatch.setattr(builder, "make_canonical", look)
    shop = Workshop.at(tmp_path, sandbox_named("bubblewrap"))
    order = derive("Many", f"for i in {{1..60}}; do ({CLOSED}) & done; touch $OUTPUT/done")
    shop.ok(order)
    assert seen == [[]]


def killed(folder: Path, sandbox: str, script: str, how: signal.Signals, user: int) -> None:
    """Kill a build whose processes sleep: none is left, nothing counts, and another can begin."""
    process = start(folder, sandbox, script, user=user)
    shop = Workshop.at(folder, sandbox_named(sandbox))
    order = derive("Hello", script)
    until(lambda: alive(shop.output(order)), lambda found: len(found) >= 3)
    process.send_signal(how)
    process.communicate()
    until(lambda: alive(shop.output(order)), lambda found: found == [])
    assert not shop.store.is_valid(order.name)
    quick = "touch $OUTPUT/done"
    with shop.store.making(order.name):
        shop.store.quarantine(order.name)
    assert start(folder, sandbox, quick, user=user).communicate()[0].endswith("ok\n")
    assert shop.left() == [derive("Hello", quick).name]


@pytest.mark.parametrize("stop", ["make_canonical", "hash_tree", "make_read_only", "syncfs"])
def test_killed_after_the_builder_ran(tmp_path: Path, sandbox: str, stop: str) -> None:
    script = "touch $OUTPUT/done"
    process = start(tmp_path, sandbox, script, stop)
    heard(process, "here")
    process.kill()
    process.communicate()
    shop = Workshop.at(tmp_path, sandbox_named(sandbox))
    order = derive("Hello", script)
    assert not shop.store.is_valid(order.name)
    shop.ok(order)
    assert shop.left() == [order.name]
    assert os.listdir(shop.output(order)) == ["done"]


def test_two_processes_build_once(tmp_path: Path, sandbox: str) -> None:
    script = "until test -e $OUTPUT/go; do sleep 0.02; done"
    shop, order = Workshop.at(tmp_path, sandbox_named(sandbox)), derive("Hello", script)
    one = start(tmp_path, sandbox, script)
    until(lambda: alive(shop.output(order)))
    other = start(tmp_path, sandbox, script)
    heard(other, "waiting")
    scratch = shop.store.inner(".tmp", order.name) / "output"
    ((shop.output(order) if sandbox == "off" else scratch) / "go").touch()
    said = [process.communicate()[0].split() for process in (one, other)]
    assert [words[-1] for words in said] == ["ok", "cached"]
    assert "waiting" not in said[0]


def test_an_interrupt_ends_the_builds(tmp_path: Path, sandbox: str) -> None:
    shop = Workshop.at(tmp_path, sandbox_named(sandbox))
    process = start(tmp_path, sandbox, "sleep 1000")
    output = shop.output(derive("Hello", "sleep 1000"))
    until(lambda: alive(output))
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert alive(output) == []
    assert shop.left() == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """An interrupt is heard, as in a command that a shell started, and afterwards as before."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_while_builds_are_ended_spares_none(
    tmp_path: Path, sandbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop.at(tmp_path, sandbox_named(sandbox))
    orders = [derive(name, "sleep 8; echo lived") for name in ("One", "Two")]
    kill = process_module._kill

    def interrupt_when_all_run() -> None:
        until(lambda: [alive(shop.output(order)) for order in orders], all)
        os.kill(os.getpid(), signal.SIGINT)

    def kill_and_interrupt(group: int) -> None:
        kill(group)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(process_module, "_kill", kill_and_interrupt)
    person = threading.Thread(target=interrupt_when_all_run)
    person.start()
    with pytest.raises(KeyboardInterrupt):
        shop.build(*orders)
    person.join()
    assert [shop.store.log_path(order.name).read_text() for order in orders] == ["", ""]
    assert shop.left() == []


def test_an_interrupt_ends_what_follows_a_build(tmp_path: Path, sandbox: str) -> None:
    """A tree that takes long to read is not read to its end."""
    process = start(tmp_path, sandbox, "truncate -s 4T $OUTPUT/sparse", "hash_tree")
    heard(process, "here")
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert Workshop.at(tmp_path, sandbox_named(sandbox)).left() == []
