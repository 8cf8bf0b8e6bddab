"""The shop of examples/, as the README shows it: every command is run, on a booted machine.

From the first deploy until the last command a client asks the page again and again.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from stacks_on_disk import DEPLOYS
from test_docs import commands, pattern

from .conftest import Shared

pytestmark = [pytest.mark.systemd, pytest.mark.sandbox]

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parents[1]
UNITS = ("shop-web.service", "shop-worker.service")
ALL = (*UNITS, "shop-web.socket", "shop-report.timer", "shop-report.service")


@dataclass(frozen=True)
class Shop:
    """A copy of the example on this machine, and the machine that it is deployed to."""

    shared: Shared
    folder: Path
    environment: dict[str, str]

    def run(self, command: str) -> str:
        """Run a line of a shell; returns all that it printed."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.stdout.decode()

    def mains(self) -> dict[str, str]:
        """Return the main process of each service."""
        asked = ("show", "--property=MainPID", "--value", *UNITS)
        return dict(zip(UNITS, self.shared.machine.systemctl(*asked).split(), strict=True))


@pytest.fixture
def shop(shared: Shared, tmp_path: Path) -> Iterator[Shop]:
    machine, folder, tools = shared.machine, tmp_path / "shop", tmp_path / "bin"
    shutil.copytree(ROOT / "examples/shop", folder)
    tools.mkdir()
    inside = f"nsenter -t {machine.leader} -n -- {sys.executable} {TESTS / 'on_machine.py'}"
    (tools / "punix").write_text(f'#!/bin/sh\nexec {inside} {machine.leader} {shared.root} "$@"\n')
    (tools / "punix").chmod(0o755)
    machine.run("ln", "-sfn", f"{shared.root}/etc/shop", "/etc/shop")
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PUNIX_STORE_ROOT": f"{shared.root}/store",
        "PUNIX_DEPLOYMENTS_ROOT": DEPLOYS,
        "PUNIX_TRANSPORT_ROOT": shared.root,
        "PUNIX_CACHE_DIR": f"{tmp_path}/cache",
    }
    yield Shop(shared, folder, environment)
    machine.systemctl("stop", *ALL, check=False)
    machine.remove("/etc/shop")
    machine.remove("/var/lib/shop")


@contextmanager
def asked_all_the_while(shop: Shop) -> Iterator[dict[str, int]]:
    """Let a client ask the page; afterwards the value says how often it got which answer."""
    counts: dict[str, int] = {}
    inside = ["nsenter", "-t", str(shop.shared.machine.leader), "-n", "--"]
    client = subprocess.Popen(
        [*inside, sys.executable, str(TESTS / "hammer.py"), "8080"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield counts
    finally:
        counts.update(json.loads(client.communicate()[0]))


def transcript() -> list[tuple[str, str]]:
    """The commands of the README, each with what it prints."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    begin = text.index("$ punix service deploy Shop --activate")
    return list(commands(text[begin : text.index("```", begin)]))


def check(shop: Shop, command: str, wanted: str) -> None:
    """Run a command of the README, and hold what it prints against what stands there."""
    shown = shop.run(command)
    assert pattern(wanted).fullmatch(shown), f"{command}\n{shown}"


def test_the_readme_shows_what_happens_and_no_request_is_refused(shop: Shop) -> None:
    first, *others, last = transcript()
    restarted = []
    check(shop, *first)
    with asked_all_the_while(shop) as answers:
        for command, wanted in others:
            before = shop.mains()
            check(shop, command, wanted)
            after = shop.mains()
            if "--activate" in command:
                restarted.append([unit for unit in UNITS if before[unit] != after[unit]])
    check(shop, *last)
    assert restarted == [["shop-worker.service"], ["shop-web.service"], ["shop-worker.service"]]
    assert answers.keys() == {"200", "500"}  # the broken release answers, and that is all
    states = shop.shared.machine.systemctl("is-active", *ALL, check=False).split()
    assert set(states) == {"inactive"}
