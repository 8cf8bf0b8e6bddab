"""The shop of examples/, as the README shows it: every command is run, on a booted machine.

From the first deploy until the last command a client asks the page again and again.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_docs import commands, pattern

from .conftest import Person

pytestmark = [pytest.mark.systemd, pytest.mark.sandbox]

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parents[1]
UNITS = ("shop-web.service", "shop-worker.service")
ALL = (*UNITS, "shop-web.socket", "shop-report.timer", "shop-report.service")


@pytest.fixture
def shop(person: Person) -> Iterator[Person]:
    """Somebody in a copy of the example."""
    machine = person.shared.machine
    shutil.copytree(ROOT / "examples/shop", person.folder, dirs_exist_ok=True)
    machine.run("ln", "-sfn", f"{person.shared.root}/etc/shop", "/etc/shop")
    yield person
    machine.systemctl("stop", *ALL, check=False)
    machine.remove("/etc/shop")
    machine.remove("/var/lib/shop")


def mains(shop: Person) -> dict[str, str]:
    """Return the main process of each service."""
    asked = ("show", "--property=MainPID", "--value", *UNITS)
    return dict(zip(UNITS, shop.shared.machine.systemctl(*asked).split(), strict=True))


@contextmanager
def asked_all_the_while(shop: Person) -> Iterator[dict[str, int]]:
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


def check(shop: Person, command: str, wanted: str) -> None:
    """Run a command of the README, and hold what it prints against what stands there."""
    shown = shop.run(command)
    assert pattern(wanted).fullmatch(shown), f"{command}\n{shown}"


def test_the_readme_shows_what_happens_and_no_request_is_refused(shop: Person) -> None:
    first, *others, last = transcript()
    restarted = []
    check(shop, *first)
    with asked_all_the_while(shop) as answers:
        for command, wanted in others:
            before = mains(shop)
            check(shop, command, wanted)
            after = mains(shop)
            if "--activate" in command:
                restarted.append([unit for unit in UNITS if before[unit] != after[unit]])
    check(shop, *last)
    assert restarted == [["shop-worker.service"], ["shop-web.service"], ["shop-worker.service"]]
    assert answers.keys() == {"200", "500"}  # the broken release answers, and that is all
    states = shop.shared.machine.systemctl("is-active", *ALL, check=False).split()
    assert set(states) == {"inactive"}
