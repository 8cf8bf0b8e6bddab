"""Timers, sockets, accounts, folders and what starts at boot, on a systemd that runs."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from patience import PATIENCE, until
from stacks import closure, config, socket, system_user, timer
from stacks_on_disk import caller, wish

from punix.backends.base import load_backend
from punix.ir.closure import Closure
from punix.ir.names import AccountName, ModuleName
from punix.ir.stack import Service
from punix.runtime.service.deploy import deploy

from .conftest import SOCKET, Shared, activation, here, program

pytestmark = pytest.mark.systemd

SERVER = """
import socket, sys
listener = socket.socket(fileno=3)
while True:
    answered, _ = listener.accept()
    answered.sendall(sys.argv[1].encode())
    answered.close()
"""
CLIENT = """
import pathlib, socket, sys
while not pathlib.Path(sys.argv[2]).exists():
    asking = socket.socket(socket.AF_UNIX)
    asking.connect(sys.argv[1])
    print(asking.recv(10).decode(), flush=True)
    asking.close()
"""


def put(on: Shared, source: Closure, *, activate: bool = True, enable: bool = False) -> None:
    bundle = load_backend("systemd").emit(source, ModuleName("HelloStack"))
    acts = activation(on) if activate else None
    made = replace(wish(bundle), activation=acts, enable=enable)
    done = deploy(here(on), made, caller())
    assert (done.failure, done.skipped) == (None, ())


def states(on: Shared, *units: str) -> list[str]:
    return on.machine.systemctl("is-active", *units, check=False).split()


def test_a_timer_starts_its_service_and_a_deploy_does_not(on: Shared) -> None:
    said = Path(on.root) / "said"

    def job(word: str, first: str) -> Closure:
        says = ("/bin/sh", "-c", f"echo {word} >>{said}")
        oneshot = {"Type": "oneshot"}
        return closure([program("a", *says, timer=timer(onBootSec=first), directives=oneshot)])

    put(on, job("one", "1w"))
    assert states(on, "a.timer", "a.service") == ["active", "inactive"]
    put(on, job("two", "1w"))
    assert not said.exists()
    put(on, job("two", "1"))
    until(said.exists)
    until(said.read_text, lambda text: text == "two\n")
    assert states(on, "a.timer") == ["active"]


def test_a_socket_answers_while_its_service_is_another(on: Shared) -> None:
    def web(word: str) -> Closure:
        return closure([program("a", "python3", "-c", SERVER, word, socket=socket(SOCKET))])

    put(on, web("1"))
    assert states(on, "a.socket", "a.service") == ["active", "inactive"]
    end, asked = Path(on.root) / "end", Path(on.root) / "asked"
    inside = ["nsenter", "-t", str(on.machine.leader), "-a", "--"]
    with asked.open("w") as out:
        client = subprocess.Popen(
            [*inside, "python3", "-c", CLIENT, SOCKET, str(end)], stdout=out, stderr=out
        )
        until(asked.read_text, lambda text: "1" in text)
        put(on, web("2"))
        until(asked.read_text, lambda text: "2" in text)
        put(on, web("3"))
        until(asked.read_text, lambda text: "3" in text)
        end.touch()
        assert client.wait(PATIENCE) == 0, asked.read_text()
    answers = asked.read_text().split()
    assert set(answers) == {"1", "2", "3"}
    assert answers == sorted(answers)
    assert "stop -- a" not in on.jobs()


PLAIN = program("a", "sleep", "1000")
BEHIND = program("a", "sleep", "1000", socket=socket(SOCKET))
ELSEWHERE = program("a", "sleep", "1000", socket=socket("/run/punix-test.other"))
TIMED = program("a", "sleep", "1000", timer=timer(onBootSec="1w"))
UNITS = ("a.service", "a.socket", "a.timer")
STARTED = ["active", "inactive", "inactive"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (PLAIN, BEHIND, ["active", "active", "inactive"]),
        (BEHIND, PLAIN, STARTED),
        (BEHIND, ELSEWHERE, ["active", "active", "inactive"]),
        (PLAIN, TIMED, ["inactive", "inactive", "active"]),
        (TIMED, PLAIN, STARTED),
        (BEHIND, TIMED, ["inactive", "inactive", "active"]),
        (TIMED, BEHIND, ["inactive", "active", "inactive"]),
    ],
)  # fmt: skip
def test_what_starts_a_service_may_change(
    on: Shared, old: Service, new: Service, wanted: list[str]
) -> None:
    put(on, closure([old]))
    if old is BEHIND:  # somebody comes
        on.machine.systemctl("start", "a.service")
    put(on, closure([new]))
    assert states(on, *UNITS) == wanted


def test_who_depends_on_a_socket_is_not_disturbed(on: Shared) -> None:
    def stack(word: str) -> Closure:
        behind = program("a", "sleep", word, socket=socket(SOCKET))
        return closure([behind, program("b", "sleep", "1000", depends_on=["a"])])

    put(on, stack("1000"))
    on.machine.systemctl("start", "a.service")
    before = on.machine.systemctl("show", "--property=MainPID", "a.service", "b.service").split()
    put(on, stack("2000"))
    after = on.machine.systemctl("show", "--property=MainPID", "a.service", "b.service").split()
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True]


def test_accounts_and_folders_are_there_in_time(on: Shared) -> None:
    on.applies_owners = True
    key = replace(config("/etc/key", "secret", mode=0o400), owner=AccountName("punixtest"))
    copies = ("/bin/sh", "-c", "cat $0 >/run/punixtest/got", f"{on.root}/etc/key")
    one = program(
        "a",
        *copies,
        user="punixtest",
        tmpfiles=["d /run/punixtest 0700 punixtest -"],
        directives={"Type": "oneshot", "RemainAfterExit": "yes"},
    )
    put(on, closure([one], [key], users=[system_user("punixtest", description="a % test")]))
    assert on.machine.run("cat", "/run/punixtest/got").stdout == "secret"
    owner = on.machine.run("stat", "-c", "%U %a", f"{on.root}/etc/key", "-L").stdout
    assert owner == "punixtest 400\n"
    on.machine.remove("/run/punixtest")


def test_what_is_enabled_starts_with_the_machine_whatever_is_live(on: Shared) -> None:
    def sleeping(seconds: str) -> Closure:
        timed = program("b", "sleep", "1", timer=timer(onBootSec="1w"))
        return closure([program("a", "sleep", seconds), timed])

    put(on, sleeping("1000"), activate=False)
    on.machine.systemctl("daemon-reload")
    on.machine.systemctl("start", "multi-user.target", "timers.target")
    assert states(on, "a.service", "b.timer") == ["inactive", "inactive"]
    put(on, sleeping("1000"), activate=False, enable=True)
    put(on, sleeping("2000"), activate=False)
    on.machine.systemctl("daemon-reload")
    on.machine.systemctl("start", "multi-user.target", "timers.target")
    assert states(on, "a.service", "b.timer") == ["active", "active"]
    assert "2000" in on.machine.systemctl("show", "--property=ExecStart", "a.service")
