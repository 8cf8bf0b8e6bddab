"""Builds on a terminal: a tree while they run, plain lines when it is over."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import COMMAND
from terminals import Terminal

BUILD = [*COMMAND, "build", "a.pcl", "--sandbox=off", "--jobs=2"]


def shell(module: str, command: str, *deps: str) -> str:
    names = ", ".join(f"{name}.pname" for name in deps)
    return (
        f'module {module} {{ recipe = "std.shell" deps = [{names}]\n'
        f'  recipeArgs = {{ command = "{command}" }} }}\n'
    )


Opener = Callable[..., Terminal]


@pytest.fixture
def terminal(folder: Path) -> Iterator[Opener]:
    """Open terminals, and close them whatever becomes of the test."""
    opened: list[Terminal] = []

    def open_one(*arguments: str, **options: object) -> Terminal:
        opened.append(Terminal(folder, [*BUILD, *arguments], **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Two packages that run until somebody lets them, and two that wait for those."""
    wait = "until test -e {0}/{1}; do sleep 0.02; done; touch $OUTPUT/x"
    (tmp_path / "a.pcl").write_text(
        shell("Tool", wait.format(tmp_path, "tool"))
        + shell("Broken", wait.format(tmp_path, "broken") + "; echo 'oh no'; exit 7")
        + shell("App", "touch $OUTPUT/x", "Tool")
        + shell("Last", "touch $OUTPUT/x", "App", "Broken")
    )
    yield tmp_path
    for name in ("tool", "broken"):
        (tmp_path / name).touch()


def test_a_tree_while_builds_run_and_lines_when_they_have_ended(
    folder: Path, terminal: Opener
) -> None:
    seen = terminal()
    last = "    └── Last, which waits for App too"
    lines = seen.until(
        lambda lines: sum("  building " in line for line in lines) == 2 and lines[-1] == last
    )
    assert lines[0].startswith("warning: the sandbox is off")
    assert lines[1].startswith("0 of 4 built, 2 wait  ")
    assert [line.split()[1:3] for line in lines if "building" in line] == [
        ["Tool", "building"],
        ["Broken", "building"],
    ]
    assert "│   └── App" in lines
    (folder / "broken").touch()
    lines = seen.until(lambda lines: any("2 failed" in line for line in lines))
    assert any(line.startswith("finished Broken in ") for line in lines)
    (folder / "tool").touch()
    code, out = seen.finish()
    assert (code, out.splitlines()[-1]) == (3, "4 packages: 2 ok, 2 failed")
    left = "\n".join(seen.lines())
    assert "oh no" in left
    assert "finished App in " in left
    assert not any(mark in left for mark in ("├", "└", " of 4 built"))
    assert not seen.screen.cursor.hidden


def test_a_small_terminal_shows_what_fits(folder: Path, terminal: Opener) -> None:
    seen = terminal(rows=4, columns=24)
    lines = seen.until(lambda lines: sum("building" in line for line in lines) == 2)
    assert len(lines) <= 4
    assert all(len(line) <= 24 for line in lines)
    (folder / "broken").touch()
    (folder / "tool").touch()
    assert seen.finish()[0] == 3


def test_an_interrupt_leaves_the_terminal_as_it_was(folder: Path, terminal: Opener) -> None:
    seen = terminal()
    seen.until(lambda lines: sum("building" in line for line in lines) == 2)
    seen.process.send_signal(signal.SIGINT)
    assert seen.finish() == (130, "")
    assert seen.lines()[-1] == "interrupted"
    assert not any("finished" in line or "building" in line for line in seen.lines())
    assert not seen.screen.cursor.hidden


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [({"NO_COLOR": "1"}, ()), ({"TERM": "dumb"}, ()), ({}, ("--format=json",))],
)
def test_who_asks_for_plain_lines_gets_them(
    folder: Path, terminal: Opener, settings: dict[str, str], arguments: tuple[str, ...]
) -> None:
    (folder / "broken").touch()
    (folder / "tool").touch()
    seen = terminal(*arguments, settings=settings)
    assert seen.finish()[0] == 3
    assert b"building Tool\r\n" in seen.written
    assert b"\x1b" not in seen.written
