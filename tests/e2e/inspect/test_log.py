"""`punix log`: the last build of what a person names, whatever became of it."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from command import COMMAND

from ..conftest import Punix

PROGRAM = """
module Hello {
  pname = "hello-tool"
  version = "1.0"
  recipe = "std.shell"
  recipeArgs = {
    command = "mkdir $OUTPUT/x;printf '1\\\\n\\\\033[31mred\\\\033[0m\\\\033]0;t\\\\007\\\\r\\\\n2'"
  }
}
module Broken {
  recipe = "std.shell"
  recipeArgs = { command = "echo before; echo oh no; exit 3" }
}
"""
RAW = b"1\n\x1b[31mred\x1b[0m\x1b]0;t\x07\r\n2"


@pytest.fixture
def store(punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one build that went well and one that failed."""
    monkeypatch.setenv("PUNIX_STORE_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("PUNIX_SANDBOX", "off")
    (tmp_path / "a.pcl").write_text(PROGRAM)
    assert punix("build", tmp_path / "a.pcl").code == 3
    return tmp_path / "store"


def name_of(store: Path, label: str) -> str:
    [path] = (store / ".logs").glob(f"*-{label}.log")
    return path.name.removesuffix(".log")


def test_every_way_to_name_a_build(punix: Punix, store: Path) -> None:
    name = name_of(store, "hello-tool-1.0")
    words = (
        name,
        name[:6],
        store / name,
        store / name / "x",
        "hello-tool",
        "hello-tool-1.0",
        "Hello",
    )
    for word in words:
        outcome = punix("log", word)
        assert (outcome.code, outcome.out.encode()) == (0, RAW), (word, outcome.err)
        assert outcome.err.startswith(f"{name}: built, ")


def test_a_failure_is_shown_as_well(punix: Punix, store: Path) -> None:
    outcome = punix("log", "Broken")
    assert (outcome.code, outcome.out) == (0, "before\noh no\n")
    assert outcome.err.startswith(f"{name_of(store, 'Broken-0')}: not built, ")


def test_the_last_of_several_builds_is_shown(punix: Punix, store: Path, tmp_path: Path) -> None:
    first = name_of(store, "Broken-0")
    (tmp_path / "a.pcl").write_text(PROGRAM.replace("before", "again"))
    punix("build", tmp_path / "a.pcl")
    outcome = punix("log", "Broken")
    assert outcome.out == "again\noh no\n"
    assert f"before that: {first}\n" in outcome.err


def test_what_means_nothing_or_too_much(punix: Punix, store: Path) -> None:
    outcome = punix("log", "Brokn")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"error: [E26] no build of 'Brokn' in {store}" in outcome.err
    assert "did you mean 'Broken'?" in outcome.err
    folder = store / ".logs"
    names = [f"{'abc':a<31}{last}-many-1" for last in "ab"]
    for name in names:
        (folder / f"{name}.log").touch()
    outcome = punix("log", "abc")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"'abc' may be {names[0]}, {names[1]}" in outcome.err
    assert punix("log", "Hello", "--store-root", store / "none").code == 1


def test_as_a_document(punix: Punix, store: Path) -> None:
    document = json.loads(punix("log", "Broken", "--format", "json").out)
    name = name_of(store, "Broken-0")
    assert (document["version"], document["name"], document["valid"]) == (1, name, False)
    assert document["text"] == "before\noh no\n"
    assert Path(document["log"]).read_text() == document["text"]


def test_a_terminal_is_told_text_alone(store: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "log", "Hello"], stdout=theirs, stderr=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        seen = b""
        while data := read(ours):
            seen += data
        assert process.wait() == 0
    os.close(ours)
    assert seen == b"1\r\nred\r\n2"


def read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other side is closed
        return b""
