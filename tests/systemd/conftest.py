"""One machine that runs systemd as PID 1, booted once for all tests that ask for it."""

import os
import subprocess
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest
from faults import Killed
from machine import Machine, boot, root_file_system
from stacks_on_disk import DEPLOYS, UNITS, target

from punix.runtime.deploy.layout import Target
from punix.runtime.deploy.transport import Local, Run

ROOT = Path(
    os.environ.get("PUNIX_TEST_ROOTFS") or Path.home() / ".cache/punix-tests/bookworm-gunicorn"
)
"""Read now: tests run with a home folder of their own."""


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """A booted Debian; what a test leaves in it, later tests see."""
    if os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("booting a machine needs root", pytrace=False)
        pytest.skip("booting a machine needs root")
    with boot(root_file_system(ROOT)) as booted:
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
