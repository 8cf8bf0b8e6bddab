"""A deploy on a terminal: the units that are waited for, plain lines when it is over."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminals import Terminal

from .managed_site import site

STACK = site("""
    { name = "db" package = "Hello" binary = "hi" },
    { name = "worker" package = "Hello" binary = "hi" },
    { name = "a-service-with-a-name-beyond-the-column" package = "Hello" binary = "hi" }
  """)
DEPLOY = [
    *(sys.executable, str(Path(__file__).parents[2] / "deploy_managed.py")),
    *("service", "deploy", "Site", "--file", "site.pcl", "--sandbox", "off", "--activate"),
    *("--deployments-root", "/srv/deploys", "--transport-root", "root"),
]
Opener = Callable[..., Terminal]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Opener]:
    """Open terminals, and close them whatever becomes of the test."""
    (tmp_path / "site.pcl").write_text(STACK)
    opened: list[Terminal] = []

    def open_one(**options: object) -> Terminal:
        opened.append(Terminal(tmp_path, DEPLOY, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_units_while_they_start_and_lines_when_they_have(terminal: Opener, tmp_path: Path) -> None:
    seen = terminal()
    wanted = [
        ["start", "db.service"],
        ["start", "worker.service"],
        ["start", "a-service-with-a-name-beyond-the-column.service"],
    ]
    lines = seen.until(lambda lines: [line.split()[1:3] for line in lines[-3:]] == wanted)
    assert lines[-4].startswith("gen-001 is live  ")
    (tmp_path / "go").touch()
    code, out = seen.finish()
    assert (code, out.startswith("deployed: stack Site → gen-001")) == (0, True)
    lines = seen.lines()
    assert [line.rsplit(" in ", 1)[0] for line in lines[-3:]] == [
        "started db.service",
        "started worker.service",
        "started a-service-with-a-name-beyond-the-column.service",
    ]
    assert not any("is live" in line for line in lines)


def test_a_narrow_and_low_terminal_cuts_and_counts(terminal: Opener) -> None:
    seen = terminal(columns=30, rows=4)
    lines = seen.until(lambda lines: lines[-1:] == ["└── … and 2 more"])
    assert lines[-2].endswith("…")


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_whoever_asked_for_plain_text_gets_lines(
    terminal: Opener, tmp_path: Path, plain: dict[str, str]
) -> None:
    (tmp_path / "go").touch()
    seen = terminal(settings=plain, columns=120)
    assert seen.finish()[0] == 0
    assert b"\x1b" not in seen.written
    assert any(line.startswith("started db.service in ") for line in seen.lines())
