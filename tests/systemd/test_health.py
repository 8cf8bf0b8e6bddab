"""Services of a machine are asked whether they are well, and a deploy goes by what they say."""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from machine import Machine
from stacks_on_disk import caller, units, wish

from punix.ir.health import Check, ExecCheck, Health, HttpCheck, HttpUrl, TcpAddress, TcpCheck
from punix.ir.names import UnitName
from punix.runtime.deploy.target.steps import Step, Tell, silent
from punix.runtime.deploy.transaction.listing import generations
from punix.runtime.service.deploy import deploy
from punix.runtime.service.outcome import Outcome
from punix.runtime.units.activation import Failure
from punix.runtime.units.manager import Systemctl

from .conftest import Shared, activation, here
from .test_activation import SLEEP, active, pid, states

pytestmark = pytest.mark.systemd

SERVE = """#!/bin/sh
exec systemd-socket-activate --accept --inetd --listen=127.0.0.1:8080 "$0-one" "$1"
"""
SERVE_ONE = """#!/bin/sh
while read -r line && [ ${#line} -gt 1 ]; do :; done
printf 'HTTP/1.0 %s X\\r\\nContent-Length: 0\\r\\n\\r\\n' "$1"
"""
HTTP = HttpCheck(HttpUrl("http://127.0.0.1:8080/health"))
NEWNET = 0x40000000
"""CLONE_NEWNET of sched.h: setns(2) takes a namespace of the network alone."""


@pytest.fixture
def site(shared: Shared) -> Iterator[Shared]:
    """The machine, with a program that answers as it is told; who asks is in its network."""
    for name, text in (("serve", SERVE), ("serve-one", SERVE_ONE)):
        path = Path(shared.root) / name
        path.write_text(text)
        path.chmod(0o755)
    with network_of(shared.machine):
        yield shared


@contextmanager
def network_of(machine: Machine) -> Iterator[None]:
    """Let this thread, and those that it starts, be in the network of a machine."""
    setns = ctypes.CDLL(None, use_errno=True).setns
    ours = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    theirs = os.open(f"/proc/{machine.leader}/ns/net", os.O_RDONLY)
    try:
        assert setns(theirs, NEWNET) == 0, os.strerror(ctypes.get_errno())
        yield
    finally:
        assert setns(ours, NEWNET) == 0, os.strerror(ctypes.get_errno())
        os.close(ours)
        os.close(theirs)


def serve(shared: Shared, status: int) -> str:
    return f"ExecStart={shared.root}/serve {status}"


def put(
    shared: Shared,
    texts: Mapping[str, str],
    check: Check = HTTP,
    tell: Tell = silent,
    *,
    within: int = 1,
    settle: int = 0,
    takes_back: bool = True,
) -> Outcome:
    """Deploy services of which `web` is asked."""
    health = Health(check, within, settle)
    wanted = units(texts, health=lambda name: health if name == "web" else None)
    done = wish(wanted)
    return deploy(
        here(shared),
        replace(done, activation=activation(shared, takes_back=takes_back)),
        caller(tell=tell),
    )


def failure(
    shared: Shared,
    texts: Mapping[str, str],
    check: Check = HTTP,
    *,
    settle: int = 0,
    takes_back: bool = True,
) -> Failure:
    found = put(shared, texts, check, settle=settle, takes_back=takes_back).failure
    assert found is not None
    return found


def test_a_broken_release_goes_back_by_itself(site: Shared) -> None:
    texts = {"db": SLEEP, "web": serve(site, 200)}
    assert put(site, texts, within=10).failure is None
    before = pid(site, "db")
    failed = failure(site, {**texts, "web": serve(site, 503)})
    assert (failed.tried, failed.live, failed.second) == (2, 1, ())
    (trouble,) = failed.troubles
    assert (trouble.unit, trouble.state) == ("web.service", "active (running)")
    assert trouble.health == "http://127.0.0.1:8080/health: answered 503; it had 1 s"
    assert states(site) == {"db": "active", "old": "inactive", "web": "active"}
    assert pid(site, "db") == before
    assert active(site) == "gen-001.json"
    assert "serve 200" in site.machine.systemctl("show", "--property=ExecStart", "web")


def test_a_second_failure_is_told_as_what_it_is(site: Shared) -> None:
    put(site, {"web": serve(site, 200)}, within=10)
    first = failure(site, {"web": serve(site, 500)}, takes_back=False)
    assert (first.tried, first.live) == (2, 2)
    second = failure(site, {"web": serve(site, 503)})
    assert (second.tried, second.live) == (3, 2)
    assert [one.health.partition(": ")[2] for one in second.second] == ["answered 500; it had 1 s"]
    assert put(site, {"web": serve(site, 200)}, within=10).failure is None
    assert active(site) == "gen-004.json"


def test_a_first_deploy_that_is_not_well_leaves_nothing(site: Shared) -> None:
    failed = failure(site, {"db": SLEEP, "web": serve(site, 404)})
    assert (failed.tried, failed.live, failed.second) == (1, None, ())
    assert states(site) == {"db": "inactive", "old": "inactive", "web": "inactive"}


@pytest.mark.parametrize(
    ("restart", "told"),
    [("no", "unit runs no more"), ("on-failure\nRestartSec=0", "main process ended")],
)
def test_a_crash_while_it_settles_is_taken_back(site: Shared, restart: str, told: str) -> None:
    """It is well for half a second, then it is not there or another process."""
    put(site, {"web": SLEEP}, ExecCheck((("/bin/true",),)))
    dies = f"ExecStart=/bin/sh -c 'sleep 0.5; echo out of memory; exit 1'\nRestart={restart}"
    failed = failure(site, {"web": dies}, ExecCheck((("/bin/true",),)), settle=1)
    assert (failed.tried, failed.live, failed.second) == (2, 1, ())
    (trouble,) = failed.troubles
    assert trouble.health == f"/bin/true: was well, but its {told}"
    assert any("out of memory" in line for line in trouble.lines)
    assert states(site)["web"] == "active"


def test_what_listens_late_has_its_time(site: Shared) -> None:
    late = f"ExecStart=/bin/sh -c 'sleep 0.7; exec {site.root}/serve 200'"
    check = TcpCheck(TcpAddress("127.0.0.1:8080"))
    assert put(site, {"web": late}, check, within=10).failure is None
    assert active(site) == "gen-001.json"


@pytest.mark.parametrize("kind", ["simple", "notify"])
def test_what_ends_once_has_its_time_as_well(site: Shared, kind: str) -> None:
    """It waits for something else by ending, and is started anew."""
    flag = f"{site.root}/flag"
    serves = f"systemd-notify --ready; exec {site.root}/serve 200"
    late = (
        f"ExecStart=/bin/sh -c 'test -e {flag} || {{ touch {flag}; exit 1; }}; {serves}'\n"
        f"Type={kind}\nNotifyAccess=all\nRestart=on-failure\nRestartSec=0.3"
    )
    assert put(site, {"web": late}, within=10).failure is None
    assert active(site) == "gen-001.json"


@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_ends_in_a_gate_is_resumed_by_the_next(
    site: Shared, ended: signal.Signals
) -> None:
    put(site, {"db": SLEEP, "web": serve(site, 200)}, within=10)
    before = pid(site, "db")
    reader, writer = os.pipe()

    def asks() -> None:
        def tell(step: Step) -> None:
            if step.kind == "health":
                os.write(writer, b"asked")

        signal.signal(signal.SIGINT, signal.default_int_handler)
        put(site, {"db": SLEEP, "web": serve(site, 500)}, tell=tell, within=600)

    command = multiprocessing.get_context("fork").Process(target=asks)
    command.start()
    assert os.read(reader, 5) == b"asked"
    assert command.pid is not None
    os.kill(command.pid, ended)
    command.join(30)
    assert command.exitcode not in (0, None)
    assert generations(here(site), lambda _: None).unsettled == "activation interrupted"
    assert "serve 500" in site.machine.systemctl("show", "--property=ExecStart", "web")

    assert put(site, {"db": SLEEP, "web": serve(site, 200)}, within=10).failure is None
    assert active(site) == "gen-003.json"
    assert pid(site, "db") == before
    assert "serve 200" in site.machine.systemctl("show", "--property=ExecStart", "web")


WORDS = ("$HOME", "${X}", "%n %%", "a b", "", '"', "'", "\\", "\n", ";", "-x", "é")
SHOWN = "id -u; printf '<%s>' \"$@\"; env | cut -d= -f1 | sort | tr '\\n' ' '; exit 7"


@pytest.mark.parametrize("who", ["User=nobody", "DynamicUser=yes", ""])
def test_a_program_is_the_services_user_and_nobody_else(
    shared: Shared, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    put(shared, {"web": f"{SLEEP}\n{who}"}, ExecCheck((("/bin/true",),)))
    monkeypatch.setenv("OUR_SECRET", "s3cret")
    words = ["/bin/sh", "-c", SHOWN, "sh", *WORDS]
    done = Systemctl(shared.run).ask(UnitName("web.service"), words, 10)
    assert done.code == 7
    uid, rest = done.output.split("\n", 1)
    process = pid(shared, "web").removeprefix("MainPID=")
    assert uid == shared.machine.run("stat", "--format=%u", f"/proc/{process}").stdout.strip()
    assert (uid == "0") == (who == "")
    assert rest.startswith("".join(f"<{word}>" for word in WORDS))
    assert "OUR_SECRET" not in rest
    assert "PATH" in rest


def test_a_program_that_does_not_end_is_ended(shared: Shared) -> None:
    put(shared, {"web": SLEEP}, ExecCheck((("/bin/true",),)))
    deaf = ["/bin/sh", "-c", "trap '' TERM; sleep 3333 & wait; sleep 3333"]
    with pytest.raises(TimeoutError):
        Systemctl(shared.run).ask(UnitName("web.service"), deaf, 0.5)
    assert shared.machine.run("pgrep", "-f", "sleep 3333", check=False).stdout == ""
