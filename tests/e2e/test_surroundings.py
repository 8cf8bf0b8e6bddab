"""The same answers whatever the caller left of streams, umask and locale."""

import subprocess
from pathlib import Path

import pytest
from command import COMMAND

from .conftest import Scratch

MODES = """module Modes {
  recipe = "std.shell"
  recipeArgs = { command = "stat -c '%a %F' . $SOURCE/* $OUTPUT > $OUTPUT/modes" }
  source = { type = "local" path = "./src" }
}
"""


def shell(line: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `line` in a shell, where "$@" is punix with arguments."""
    words = ["/bin/sh", "-c", line, "sh", *COMMAND, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_nothing_but_what_is_read(scratch: Scratch, closed: str) -> None:
    outcome = shell(f'"$@" {closed}', "build", scratch.program, "--store-root", scratch.store)
    assert (outcome.returncode, "Traceback" in outcome.stderr) == (0, False), outcome.stderr
    assert len(list(scratch.store.glob("*-hello-1.0/bin/hi"))) == 1


def test_an_error_has_its_exit_code_without_a_stream_to_tell_it(tmp_path: Path) -> None:
    assert shell('"$@" 2>&-', "check", tmp_path / "nowhere.pcl").returncode == 1


def test_a_build_is_the_same_under_every_umask(tmp_path: Path) -> None:
    (tmp_path / "src" / "inner").mkdir(parents=True)
    (tmp_path / "modes.pcl").write_text(MODES)
    seen = set()
    for mask in ("000", "077"):
        store = tmp_path / mask
        outcome = shell(f'umask {mask}; "$@"', "build", tmp_path, "--store-root", store)
        assert outcome.returncode == 0, outcome.stderr
        seen.add(next(store.glob("*-Modes-0/modes")).read_text())
        assert {path.stat().st_mode & 0o777 for path in store.glob(".logs/*")} == {0o644}
    assert len(seen) == 1
