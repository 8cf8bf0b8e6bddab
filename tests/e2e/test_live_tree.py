"""Builds on a terminal: a tree while they run, plain lines when it is over."""

import os
import pty
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyte
import pytest

from .conftest import COMMAND

OURS = ("NO_COLOR", "COLUMNS", "LINES")
"""Variables that would tell the command of the terminal that the tests run on."""


class Terminal:
    """A command whose stderr is a terminal, and what is to be seen there."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        rows: int = 20,
        columns: int = 90,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        self.process = subprocess.Popen(
            [*COMMAND, "build", "a.pcl", "--sandbox=off", "--jobs=2", *arguments],
            cwd=folder,
            env={
                **{name: text for name, text in os.environ.items() if name not in OURS},
                "TERM": "xterm",
                "LANG": "C.UTF-8",
                "PUNIX_STORE_ROOT": str(folder / "store"),
                **(settings or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
        )
        os.close(theirs)
        self.written, self.out = b"", ""
        self._reader = threading.Thread(target=self._read, args=(ours,))
        self._reader.start()

    def _read(self, descriptor: int) -> None:
        stream = pyte.ByteStream(self.screen)
        with open(descriptor, "rb", buffering=0, closefd=True) as file:
            while data := self._chunk(file.fileno()):
                self.written += data
                stream.feed(data)

    @staticmethod
    def _chunk(descriptor: int) -> bytes:
        try:
            return os.read(descriptor, 4096)
        except OSError:  # Linux says so when the other side is closed
            return b""

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def until(self, condition: Callable[[list[str]], bool]) -> list[str]:
        end = time.monotonic() + 30
        while not condition(lines := self.lines()):
            assert time.monotonic() < end, "\n".join(lines)
            time.sleep(0.02)
        return lines

    def close(self) -> None:
        """End the command if it still runs."""
        self.process.kill()
        self.finish()

    def finish(self) -> tuple[int, str]:
        if self.process.stdout is not None and not self.process.stdout.closed:
            self.out, _ = self.process.communicate(timeout=30)
        self._reader.join()
        return self.process.returncode, self.out


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
        opened.append(Terminal(folder, *arguments, **options))  # type: ignore[arg-type]
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
    lines = seen.until(lambda lines: sum("  building " in line for line in lines) == 2)
    assert lines[0].startswith("warning: the sandbox is off")
    assert lines[1].startswith("0 of 4 built, 2 wait  ")
    assert [line.split()[1:3] for line in lines if "building" in line] == [
        ["Tool", "building"],
        ["Broken", "building"],
    ]
    assert "│   └── App" in lines
    assert "    └── Last, which waits for App too" in lines
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
