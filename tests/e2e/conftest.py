"""Running `punix` as a person would, in this process where that is enough."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import COMMAND
from managed import Managed
from patience import PATIENCE

from punix.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Outcome:
    """What a command gave back."""

    code: int
    out: str
    err: str


Punix = Callable[..., Outcome]


@pytest.fixture
def punix(capfd: pytest.CaptureFixture[str]) -> Punix:
    """Run a command in this process; returns exit code, stdout and stderr."""

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


def spawn(*arguments: object) -> subprocess.Popen[str]:
    """Start a command as a process of its own; `finish` waits for it."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> Outcome:
    """Wait for a command that was spawned; show what it said if it does not end."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail("it does not end:\n{}{}".format(*process.communicate()))
    return Outcome(process.returncode, out, err)


@dataclass(frozen=True)
class Scratch:
    """The folders that one tutorial run works on."""

    folder: Path

    @property
    def program(self) -> Path:
        return self.folder / "hello.pcl"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def deployments(self) -> Path:
        return self.folder / "deploys"

    @property
    def target(self) -> Path:
        """The root that a dry run writes below."""
        return self.deployments / ".dry-run"

    def stack_folder(self, stack: str) -> Path:
        """Where the dry run's target keeps a stack's generations."""
        return Path(f"{self.target}{self.deployments}") / stack

    @property
    def roots(self) -> tuple[object, ...]:
        return ("--store-root", self.store, "--deployments-root", self.deployments)


@pytest.fixture
def managed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a folder count as a machine that systemd runs."""
    monkeypatch.setattr("punix.cli.service.activate.barrier", lambda *_: None)
    monkeypatch.setattr("punix.cli.service.target.Local", Managed)


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Work in an empty folder; returns the options of roots below it."""
    monkeypatch.chdir(tmp_path)
    return (
        *("--store-root", f"{tmp_path}/store"),
        *("--deployments-root", f"{tmp_path}/deploys"),
        *("--transport-root", f"{tmp_path}/root"),
    )


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    """A copy of the tutorial's program beside empty roots."""
    shutil.copytree(EXAMPLES / "hello" / "src", tmp_path / "src")
    shutil.copy(EXAMPLES / "hello" / "hello.pcl", tmp_path)
    before = Path.cwd()
    os.chdir(tmp_path)
    yield Scratch(tmp_path)
    os.chdir(before)
