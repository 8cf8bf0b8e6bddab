"""What a sandbox keeps from a build: tried in each of them, as root and as another user."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from attempts import ATTEMPTS, IN_DOUBT
from builds import Workshop, derive
from users import USERS, folder_of

from punix.ir.derivation import Derivation
from punix.ir.diagnostics import Code, ProgramError
from punix.runtime.building import sandbox
from punix.runtime.building.request import BuildRequest, Mount
from punix.runtime.building.sandbox import Bubblewrap, sandbox_named
from punix.runtime.files.tree import hash_tree

TESTS = Path(__file__).parents[2]
TOUCH = "touch $OUTPUT/done"
DEVICES = ("full", "null", "random", "tty", "urandom", "zero")

KEPT_BY = {
    "bubblewrap": set(ATTEMPTS),
    "off": {"read the caller's environment"},
}
"""What each sandbox keeps from builds; all else a build can do if its caller can."""


@pytest.fixture(params=USERS.values(), ids=[*USERS], scope="module")
def user(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(
    params=[pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"], scope="module"
)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def succeeded(kind: str, user: int) -> Iterator[tuple[set[str], set[str]]]:
    """The attempts that succeed for the user, and for a build of the user."""
    with folder_of(user) as folder:
        command = [sys.executable, str(TESTS / "attempts.py"), str(folder), kind, str(user)]
        said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        caller, build = json.loads(said)
        yield set(caller), set(build)


def test_what_a_build_can_do(succeeded: tuple[set[str], set[str]], kind: str) -> None:
    caller, build = succeeded
    assert build == caller - KEPT_BY[kind]


def test_the_attempts_succeed_for_their_caller(succeeded: tuple[set[str], set[str]]) -> None:
    assert set(ATTEMPTS) - succeeded[0] - IN_DOUBT == set()


CLOSED = """
echo hi > $OUTPUT/run
mkdir -p $OUTPUT/a/b
echo hi > $OUTPUT/a/b/file
chmod 0 $OUTPUT/a/b/file $OUTPUT/a/b $OUTPUT/a
chmod 111 $OUTPUT/run
chmod 0 $OUTPUT
"""

BUILD_CLOSED = """
import ctypes, sys
from dataclasses import replace
from pathlib import Path
sys.path[:] = {path!r}
from builds import SPAN, Workshop, derive
from users import become
import punix.runtime.building.batch
import punix.runtime.building.fixed_output
from punix.ir.package import FixedSource
from punix.runtime.building.sandbox import sandbox_named

become({user})
shop = Workshop.at(Path({folder!r}), sandbox_named({kind!r}))
alone = derive("Alone", {script!r})
shop.ok(alone)
fetched = FixedSource({script!r}, shop.store.entry(alone.name).output, "blake3", SPAN)
orders = [
    alone,
    replace(derive("Online", {script!r}), network=True),
    derive("Fetched", "cp -r . $OUTPUT", source=fetched),
]
shop.ok(*orders)
for order in orders:
    print(shop.store.entry(order.name).output)
"""


def test_what_a_build_closes_is_its_output_all_the_same(
    tmp_path: Path, kind: str, user: int
) -> None:
    """Also to a user who may not read it."""
    with folder_of(user) as folder:
        program = BUILD_CLOSED.format(
            path=[str(TESTS), *sys.path], user=user, folder=str(folder), kind=kind, script=CLOSED
        )
        said = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name, mode in (("run", 0o755), ("a/b/file", 0o644)):
        (tmp_path / name).write_text("hi\n")
        (tmp_path / name).chmod(mode)
    assert said.stdout.decode().split() == [hash_tree(tmp_path)] * 3


# Bubblewrap alone --------------------------------------------------------


@pytest.fixture
def boxed(tmp_path: Path) -> Workshop:
    return Workshop.at(tmp_path, Bubblewrap())


@pytest.mark.sandbox
def test_what_can_be_written(boxed: Workshop) -> None:
    script = "while read -r _ _ _ _ at how _; do echo $at ${how%%,*}; done < /proc/self/mountinfo"
    order = derive("Mounts", f"({script}) > $OUTPUT/mounts")
    boxed.ok(order)
    mounts = [line.split() for line in (boxed.output(order) / "mounts").read_text().splitlines()]
    writable = {at for at, how in mounts if how == "rw"}
    devices = {at for at in writable if at.startswith("/dev/")}
    assert writable - devices == {"/build", "/tmp", str(boxed.output(order))}
    assert devices == {f"/dev/{name}" for name in (*DEVICES, "pts", "shm")}


@pytest.mark.sandbox
def test_what_is_at_the_top(boxed: Workshop) -> None:
    order = derive("Top", "ls / > $OUTPUT/top; ls /etc > $OUTPUT/etc; ls -A /tmp > $OUTPUT/tmp")
    boxed.ok(order)
    root = Path(boxed.store.root)
    system = {path.strip("/") for path in sandbox.SYSTEM_FOLDERS if Path(path).exists()}
    own = {"build", "dev", "etc", "proc", "tmp", root.parts[1]}
    assert words(boxed, order, "top") == own | system
    assert words(boxed, order, "etc") <= {"alternatives", "ld.so.cache"}
    assert words(boxed, order, "tmp") <= {root.parts[2]}


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("hostname", "localhost"),
        ("id -u; id -g", "1000\n1000"),
        ("umask", "0022"),
        ("locale charmap; date +%Z", "UTF-8\nUTC"),
        ("ls -d $HOME 2>&1", "ls: cannot access '/homeless': No such file or directory"),
        ("pwd; echo $TMPDIR", "/build/source\n/build"),
        ("stat -c %a . .. /tmp $OUTPUT", "755\n700\n700\n755"),
        ("cat; ls -l /proc/self/fd/0 | cut -d'>' -f2", "/dev/null"),
    ],
)
def test_each_build_is_the_same_somebody(
    boxed: Workshop, monkeypatch: pytest.MonkeyPatch, question: str, answer: str
) -> None:
    for name in ("LC_ALL", "LANGUAGE", "TZ", "TMPDIR"):
        monkeypatch.setenv(name, "other")
    before = os.umask(0o077)
    order = derive("Who", f"({question}) > $OUTPUT/answer || true")
    boxed.ok(order)
    os.umask(before)
    assert (boxed.output(order) / "answer").read_text().strip() == answer


@pytest.mark.sandbox
def test_with_network_no_key_is_seen(boxed: Workshop) -> None:
    order = replace(derive("Net", "ls /etc/ssl /etc/pki/tls > $OUTPUT/seen || true"), network=True)
    boxed.ok(order)
    assert "private" not in words(boxed, order, "seen")


@pytest.mark.sandbox
@pytest.mark.parametrize("network", [True, False])
def test_with_network_no_file_is_one_that_somebody_may_have_open(
    boxed: Workshop, network: bool
) -> None:
    script = "mkdir -m 777 $OUTPUT/d; cd $OUTPUT/d; touch x; stat -c %i x > inode"
    order = replace(derive("Net", script), network=network)
    boxed.ok(order)
    folder = boxed.output(order) / "d"
    seen = int((folder / "inode").read_text())
    assert ((folder / "x").stat().st_ino == seen) != network


@pytest.mark.sandbox
def test_no_interface_but_loopback(boxed: Workshop) -> None:
    order = derive("Net", "tail -n +3 /proc/net/dev | cut -d: -f1 > $OUTPUT/names")
    boxed.ok(order)
    assert (boxed.output(order) / "names").read_text().split() == ["lo"]


@pytest.mark.sandbox
def test_only_inputs_are_seen(boxed: Workshop) -> None:
    other, tool = derive("Other", TOUCH), derive("Tool", TOUCH)
    order = derive("App", 'ls "$OUTPUT/.." > $OUTPUT/seen', inputs=[tool])
    boxed.ok(other, tool, order)
    seen = (boxed.output(order) / "seen").read_text().split()
    assert seen == sorted([tool.name, order.name])


@pytest.mark.sandbox
def test_more_inputs_than_bwrap_takes(boxed: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MOST_NAMED", 1)
    tools = [derive("One", TOUCH), derive("Two", TOUCH)]
    script = 'test -z "$(ls $OUTPUT/../.meta)"; ! touch $OUTPUT/../x; cat $DEP_ONE/done; ' + TOUCH
    order = derive("App", script, inputs=tools)
    boxed.ok(*tools, order)
    assert boxed.left() == sorted(each.name for each in (*tools, order))


def test_the_packages_environment_does_not_reach_bwrap(tmp_path: Path) -> None:
    request = BuildRequest(
        argv=("true",),
        environment={"LD_PRELOAD": "evil.so"},
        folder=Path("/build"),
        store=tmp_path,
        inputs=(),
        mounts=(),
        output=Mount(tmp_path, tmp_path),
    )
    command = Bubblewrap().command(request, 8, 9)
    assert set(Bubblewrap().environment(request)) == {"PATH"}
    assert command[command.index("evil.so") - 2 :][:2] == ("--setenv", "LD_PRELOAD")
    assert command.index("--clearenv") < command.index("--setenv")


@pytest.mark.sandbox
@pytest.mark.skipif("nobody" not in USERS, reason="only root is more than its builds")
def test_a_store_that_root_alone_may_enter_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, USERS["nobody"], -1)
    with pytest.raises(ProgramError, match=f"may not enter '{closed}'") as caught:
        Workshop.at(closed, Bubblewrap()).build(derive("A", TOUCH))
    [found] = caught.value.diagnostics
    assert found.code == Code.E29
    assert found.hint is not None
    assert found.hint.endswith(f"chmod o+x {closed}")


def test_a_missing_bubblewrap_stops_all(tmp_path: Path) -> None:
    shop = Workshop.at(tmp_path, Bubblewrap(program="no-such-bwrap"))
    with pytest.raises(ProgramError, match="not installed") as caught:
        shop.build(derive("A", TOUCH), derive("B", TOUCH))
    [found] = caught.value.diagnostics
    assert found.code == Code.E30
    assert found.hint is not None
    assert "--sandbox=off" in found.hint


def test_a_bubblewrap_that_cannot_run_stops_all(tmp_path: Path) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: no permission' >&2; exit 1\n")
    program.chmod(0o755)
    shop = Workshop.at(tmp_path, Bubblewrap(program=str(program)))
    with pytest.raises(ProgramError, match="cannot run: bwrap: no permission"):
        shop.build(derive("A", TOUCH))
    assert shop.left() == []


TAKE_OVER = """
for at in /proc/self/fd/* /proc/1/fd/*; do
    if test -f $at; then (cat /bin/true > $at; chmod 4777 $at) || true; fi
done
cp /bin/true $OUTPUT/true; chmod 4777 $OUTPUT/true
"""


@pytest.mark.sandbox
def test_no_program_of_the_caller_is_left_where_others_can_run_it(boxed: Workshop) -> None:
    """A build that root started owns, without any right of root, whatever it has open."""
    order = derive("Try", TAKE_OVER)
    boxed.ok(order)
    root = Path(boxed.store.root)
    reached = [root, *(path for path in root.iterdir() if path.stat().st_mode & 0o005)]
    found = [path for folder in reached if folder.is_dir() for path in folder.iterdir()]
    modes = {path.name: path.stat().st_mode for path in [*found, *boxed.output(order).iterdir()]}
    assert order.name + ".log" in modes
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o6022} == {}


# Off alone ---------------------------------------------------------------


def test_off_warns_each_time(tmp_path: Path) -> None:
    shop = Workshop.at(tmp_path, sandbox_named("off"))
    shop.ok(derive("A", TOUCH))
    shop.ok(derive("B", TOUCH))
    kinds = [event.kind for event in shop.events if event.kind != "phase"]
    assert kinds == ["warning", "planned", "started", "finished"] * 2


def words(shop: Workshop, order: Derivation, file: str) -> set[str]:
    return set((shop.output(order) / file).read_text().split())
