"""Services of a machine are asked whether they are well, and a deploy goes by what they say."""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from machine import Machine
from patience import PATIENCE, until
from scenes import Hurried
from stacks_on_disk import caller, units, wish

from punix.ir.health import Check, ExecCheck, Health, HttpCheck, HttpUrl, TcpAddress, TcpCheck
from punix.ir.names import UnitName
from punix.runtime.deploy.target.steps import Step, Tell, silent
from punix.runtime.deploy.transaction.listing import generations
from punix.runtime.files.stop import Stop
from punix.runtime.service.deploy import deploy
from punix.runtime.service.outcome import Outcome
from punix.runtime.units.activation import Clock, Failure
from punix.runtime.units.manager import Systemctl

from .conftest import Shared, activation, here
from .test_activation import SLEEP, active, pid, states

pytestmark = pytest.mark.systemd

SERVE = """#!/usr/bin/python3
import os, socket, sys
listening = socket.create_server(("127.0.0.1", 8080))
if "NOTIFY_SOCKET" in os.environ:
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
while True:
    client, _ = listening.accept()
    client.recv(4096)
    client.sendall(f"HTTP/1.0 {sys.argv[1]} X\\r\\nContent-Length: 0\\r\\n\\r\\n".encode())
    client.close()
"""
WEB = UnitName("web.service")
WELL = ExecCheck((("/bin/true",),))
HTTP = HttpCheck(HttpUrl("http://127.0.0.1:8080/health"))
NEWNET = 0x40000000
"""CLONE_NEWNET of sched.h: setns(2) takes a namespace of the network alone."""


@pytest.fixture
def site(shared: Shared) -> Iterator[Shared]:
    """The machine, with a program that answers as it is told; who asks is in its network."""
    path = Path(shared.root) / "serve"
    path.write_text(SERVE)
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
    """A service that has been started when it listens."""
    return f"Type=notify\nExecStart={shared.root}/serve {status}"


def put(
    shared: Shared,
    texts: Mapping[str, str],
    check: Check = HTTP,
    tell: Tell = silent,
    *,
    within: int = 60,
    settle: int = 0,
    takes_back: bool = True,
    clock: Clock | None = None,
) -> Outcome:
    """Deploy services of which `web` is asked."""
    health = Health(check, within, settle)
    wanted = wish(units(texts, health=lambda name: health if name == "web" else None))
    acts = replace(activation(shared, takes_back=takes_back), clock=clock or Clock())
    return deploy(here(shared), replace(wanted, activation=acts), caller(tell=tell))


def failure(
    shared: Shared,
    texts: Mapping[str, str],
    check: Check = HTTP,
    *,
    takes_back: bool = True,
    clock: Clock | None = None,
) -> Failure:
    """Deploy what is not well. It is asked as often as in a second, and has no less time for it."""
    acts = clock or Hurried()
    done = put(shared, texts, check, within=1, settle=1, takes_back=takes_back, clock=acts)
    found = done.failure
    assert found is not None
    return found


def test_a_broken_release_goes_back_by_itself(site: Shared) -> None:
    texts = {"db": SLEEP, "web": serve(site, 200)}
    assert put(site, texts).failure is None
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
    put(site, {"web": serve(site, 200)})
    first = failure(site, {"web": serve(site, 500)}, takes_back=False)
    assert (first.tried, first.live) == (2, 2)
    second = failure(site, {"web": serve(site, 503)})
    assert (second.tried, second.live) == (3, 2)
    assert [one.health.partition(": ")[2] for one in second.second] == ["answered 500; it had 1 s"]
    assert put(site, {"web": serve(site, 200)}).failure is None
    assert active(site) == "gen-004.json"


def test_a_first_deploy_that_is_not_well_leaves_nothing(site: Shared) -> None:
    failed = failure(site, {"db": SLEEP, "web": serve(site, 404)})
    assert (failed.tried, failed.live, failed.second) == (1, None, ())
    assert states(site) == {"db": "inactive", "old": "inactive", "web": "inactive"}


class Meanwhile(Hurried):
    """A clock on which something happens while it is waited for the first time."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self.happens = [happens]

    def wait(self, seconds: float, stop: Stop) -> bool:
        while self.happens:
            self.happens.pop()()
        return super().wait(seconds, stop)


@pytest.mark.parametrize(
    ("restart", "told"),
    [("no", "unit runs no more"), ("on-failure\nRestartSec=0", "main process ended")],
)
def test_a_crash_while_it_settles_is_taken_back(site: Shared, restart: str, told: str) -> None:
    """It is well, and when it is asked again it is not there or another process."""
    put(site, {"web": SLEEP}, WELL)
    end = Path(site.root) / "end"
    waits = f"until test -e {end}; do sleep 0.02; done; rm {end}"
    dies = f"ExecStart=/bin/sh -c '{waits}; echo out of memory; exit 1'\nRestart={restart}"

    def crash() -> None:
        end.touch()
        until(
            lambda: Systemctl(site.run).states([WEB])[WEB],
            lambda now: now.active == "failed" or (now.restarts and now.pid),
        )

    failed = failure(site, {"web": dies}, WELL, clock=Meanwhile(crash))
    assert (failed.tried, failed.live, failed.second) == (2, 1, ())
    (trouble,) = failed.troubles
    assert trouble.health == f"/bin/true: was well, but its {told}"
    assert any("out of memory" in line for line in trouble.lines)
    assert states(site)["web"] == "active"


def test_what_listens_late_has_its_time(site: Shared) -> None:
    late = f"ExecStart=/bin/sh -c 'sleep 0.7; exec {site.root}/serve 200'"
    check = TcpCheck(TcpAddress("127.0.0.1:8080"))
    assert put(site, {"web": late}, check).failure is None
    assert active(site) == "gen-001.json"


@pytest.mark.parametrize("kind", ["simple", "notify"])
def test_what_ends_once_has_its_time_as_well(site: Shared, kind: str) -> None:
    """It waits for something else by ending, and is started anew."""
    flag = f"{site.root}/flag"
    serves = f"exec {site.root}/serve 200"
    late = (
        f"ExecStart=/bin/sh -c 'test -e {flag} || {{ touch {flag}; exit 1; }}; {serves}'\n"
        f"Type={kind}\nRestart=on-failure\nRestartSec=0.3"
    )
    assert put(site, {"web": late}).failure is None
    assert active(site) == "gen-001.json"


def test_what_ends_once_is_well_beside_what_takes_longer(site: Shared) -> None:
    """When the job of both has ended, it runs already, and what was to be done once is done."""
    flag = f"{site.root}/flag"
    serves = f"exec {site.root}/serve 200"
    texts = {
        "web": f"ExecStart=/bin/sh -c 'test -e {flag} || {{ touch {flag}; exit 1; }}; {serves}'\n"
        "Type=notify\nRestart=on-failure\nRestartSec=0.1",
        "db": "Type=oneshot\n"
        "ExecStart=/bin/sh -c 'until systemctl --quiet is-active web; do sleep 0.1; done'",
    }
    assert put(site, texts).failure is None
    assert active(site) == "gen-001.json"
    restarts = ("show", "--property=NRestarts", "--value", "web")
    assert site.machine.systemctl(*restarts) == "1"
    site.machine.systemctl("reset-failed", "web")  # so it counts from the last one on
    assert site.machine.systemctl(*restarts) == "0"


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_ends_in_a_gate_is_resumed_by_the_next(
    site: Shared, ended: signal.Signals
) -> None:
    put(site, {"db": SLEEP, "web": serve(site, 200)})
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
    os.close(writer)
    assert os.read(reader, 5) == b"asked"
    os.close(reader)
    assert command.pid is not None
    os.kill(command.pid, ended)
    command.join(PATIENCE)
    assert command.exitcode not in (0, None)
    assert generations(here(site), lambda _: None).unsettled == "activation interrupted"
    assert "serve 500" in site.machine.systemctl("show", "--property=ExecStart", "web")

    assert put(site, {"db": SLEEP, "web": serve(site, 200)}).failure is None
    assert active(site) == "gen-003.json"
    assert pid(site, "db") == before
    assert "serve 200" in site.machine.systemctl("show", "--property=ExecStart", "web")


WORDS = ("$HOME", "${X}", "%n %%", "a b", "", '"', "'", "\\", "\n", ";", "-x", "é")
SHOWN = "id -u; printf '<%s>' \"$@\"; env | cut -d= -f1 | sort | tr '\\n' ' '; exit 7"


@pytest.mark.parametrize("who", ["User=nobody", "DynamicUser=yes", ""])
def test_a_program_is_the_services_user_and_nobody_else(
    shared: Shared, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    put(shared, {"web": f"{SLEEP}\n{who}"}, WELL)
    monkeypatch.setenv("OUR_SECRET", "s3cret")
    words = ["/bin/sh", "-c", SHOWN, "sh", *WORDS]
    done = Systemctl(shared.run).ask(WEB, words, PATIENCE)
    assert done.code == 7
    uid, rest = done.output.split("\n", 1)
    process = pid(shared, "web").removeprefix("MainPID=")
    whose = partial(shared.machine.run, "stat", "--format=%u", f"/proc/{process}")
    until(whose, lambda found: found.stdout.strip() == uid)
    assert (uid == "0") == (who == "")
    assert rest.startswith("".join(f"<{word}>" for word in WORDS))
    assert "OUR_SECRET" not in rest
    assert "PATH" in rest


def test_a_program_that_does_not_end_is_ended(shared: Shared) -> None:
    put(shared, {"web": SLEEP}, WELL)
    deaf = ["/bin/sh", "-c", "trap '' TERM; sleep 3333 & wait; sleep 3333"]
    with pytest.raises(TimeoutError):
        Systemctl(shared.run).ask(WEB, deaf, 0.5)
    left = partial(shared.machine.run, "pgrep", "-a", "-f", "sleep 3333", check=False)
    until(left, lambda found: found.stdout == "")
