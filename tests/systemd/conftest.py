"""One machine that runs systemd as PID 1, booted once for all tests that ask for it."""

import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from faults import Killed
from machine import Machine, boot, root_file_system
from stacks import service
from stacks_on_disk import DEPLOYS, NAME, STORE, UNITS, target

from punix.backends.systemd.transition import transition
from punix.ir.stack import Service
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.target.transport import Run
from punix.runtime.units.activation import Activation
from punix.runtime.units.manager import Systemctl

ROOT = Path(
    os.environ.get("PUNIX_TEST_ROOTFS") or Path.home() / ".cache/punix-tests/bookworm-gunicorn"
)
"""Read now: tests run with a home folder of their own."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a test that failed what its machine has to say."""
    report = yield
    booted = item.funcargs.get("machine")
    if report.failed and isinstance(booted, Machine):
        report.sections.append(("journal of the machine", booted.journal()))
    return report


@pytest.fixture(scope="session")
def debian() -> Path:
    """The files of a Debian, to be booted."""
    if os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("booting a machine needs root", pytrace=False)
        pytest.skip("booting a machine needs root")
    return root_file_system(ROOT)


@pytest.fixture(scope="session")
def machine(debian: Path) -> Iterator[Machine]:
    """A booted Debian; what a test leaves in it, later tests see."""
    with boot(debian) as booted:
        yield booted


LIVES_ELSEWHERE = "/usr/local/lib/systemd/system"
"""A folder that systemd reads units from, and that is empty on the machine."""


class Shared(Local):
    """Files go to the folder that host and machine share, programs run on the machine."""

    def __init__(self, machine: Machine, root: Path) -> None:
        super().__init__(str(root))
        self.machine = machine
        self.commands: list[str] = []
        self.dies_at = ""

    def at(self, path: str) -> str:
        """The host sees the processes of the machine below those of its PID 1."""
        if path.startswith("/proc/"):
            return f"/proc/{self.machine.leader}/root{path}"
        return super().at(path)

    def run(self, command: Sequence[str], seconds: float) -> Run:
        self.commands.append(" ".join(command))
        if self.dies_at and self.dies_at in self.commands[-1]:
            raise Killed
        inside = ["nsenter", "-t", str(self.machine.leader), "-a", "--", *command]
        done = subprocess.run(
            inside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, check=False
        )
        return Run(done.returncode, done.stdout.decode())

    def lines(self, command: Sequence[str]) -> Generator[bytes, None, None]:
        inside = ["nsenter", "-t", str(self.machine.leader), "-a", "--"]
        ends_with_nsenter = ["setpriv", "--pdeathsig", "TERM"]
        return super().lines([*inside, *ends_with_nsenter, *command])

    def account(self, kind: Literal["user", "group"], name: str) -> int | None:
        """Files can be given to the machine's users."""
        table = {"user": "passwd", "group": "group"}[kind]
        found = self.machine.run("getent", table, name, check=False).stdout
        return int(found.split(":")[2]) if found else None

    def jobs(self) -> list[str]:
        """What was asked for since the last time, but for looks."""
        found = [line for line in self.commands if " show " not in line and "journal" not in line]
        self.commands.clear()
        return [line.removeprefix("systemctl ").replace(".service", "") for line in found]


@pytest.fixture
def shared(machine: Machine, tmp_path: Path) -> Iterator[Shared]:
    root = machine.shared / tmp_path.name
    (root / UNITS[1:]).mkdir(parents=True)
    machine.run("mkdir", "-p", str(Path(LIVES_ELSEWHERE).parent))
    machine.run("ln", "-sfn", f"{root}{UNITS}", LIVES_ELSEWHERE)
    machine.run("ln", "-sfn", f"{root}{DEPLOYS}", DEPLOYS)
    yield Shared(machine, root)
    machine.systemctl("stop", "web.service", "db.service", "old.service", check=False)
    machine.remove(LIVES_ELSEWHERE)
    machine.remove(DEPLOYS)
    machine.systemctl("daemon-reload")
    machine.systemctl("reset-failed")


def here(shared: Shared) -> Target:
    return target(Path(shared.root), transport=shared)


def activation(shared: Shared, *, takes_back: bool = True) -> Activation:
    """Who acts on units of the machine, and looks at them."""
    return Activation(Systemctl(shared.run), transition, takes_back)


SOCKET = "/run/punix-test.sock"
TMPFILES = "/etc/tmpfiles.d/punix-HelloStack.conf"


@pytest.fixture
def on(shared: Shared) -> Iterator[Shared]:
    """A machine with a package whose program runs its arguments."""
    run = Path(f"{shared.root}{STORE}/{NAME}/bin/run")
    run.parent.mkdir(parents=True)
    run.write_text('#!/bin/sh\nexec "$@"\n')
    run.chmod(0o755)
    shared.machine.remove(STORE)  # other tests have folders there
    shared.machine.run("ln", "-s", f"{shared.root}{STORE}", STORE)
    shared.machine.remove(TMPFILES)
    shared.machine.run("ln", "-s", f"{shared.root}{TMPFILES}", TMPFILES)
    yield shared
    names = [f"{name}.{kind}" for name in ("a", "b") for kind in ("socket", "timer", "service")]
    shared.machine.systemctl("stop", *names, check=False)
    for path in (STORE, TMPFILES, SOCKET):
        shared.machine.remove(path)


def program(name: str, *words: str, **more: object) -> Service:
    """A service that runs a command, by the program of that package."""
    return service(name, *words, binary="run", package=NAME, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Person:
    """Somebody who types commands in a folder; the machine that they act on is the booted one."""

    shared: Shared
    folder: Path
    environment: dict[str, str]

    def begin(self, command: str) -> subprocess.Popen[bytes]:
        """Begin a line of a shell; after `exec` the process is that command."""
        return subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, command: str) -> str:
        """Run a line of a shell; returns all that it printed."""
        return self.begin(command).communicate()[0].decode()


@pytest.fixture
def person(shared: Shared, tmp_path: Path) -> Person:
    folder, tools = tmp_path / "folder", tmp_path / "bin"
    folder.mkdir()
    tools.mkdir()
    leader, program = shared.machine.leader, Path(__file__).parents[1] / "on_machine.py"
    inside = f"nsenter -t {leader} -n -- {sys.executable} {program} {leader} {shared.root}"
    (tools / "punix").write_text(f'#!/bin/sh\nexec {inside} "$@"\n')
    (tools / "punix").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PUNIX_STORE_ROOT": f"{shared.root}/store",
        "PUNIX_DEPLOYMENTS_ROOT": DEPLOYS,
        "PUNIX_TRANSPORT_ROOT": shared.root,
        "PUNIX_CACHE_DIR": f"{tmp_path}/cache",
    }
    return Person(shared, folder, environment)
