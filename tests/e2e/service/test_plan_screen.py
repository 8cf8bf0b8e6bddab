"""The screen of `service plan`: read in ten seconds, whatever the number of services."""

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from command import COMMAND
from stacks_on_disk import tree

from ..conftest import Punix

HELLO = """
module Hello {
  pname = "hello" version = "1.0"
  recipe = "std.shell"
  recipeArgs = { command = "mkdir -p $OUTPUT/bin && cp /bin/true $OUTPUT/bin/hi" }
}
"""
WRITES = re.compile(
    r"\b(?:creat|mkdir|mkdirat|mknod|mknodat|rename|renameat2?|link|linkat|symlink|symlinkat|unlink"
    r"|unlinkat|rmdir|truncate|f?chmod|fchmodat2?|f?chown|lchown|fchownat|utimensat)\(|O_CREAT"
)
HIGHEST = 30
"""A window of a terminal has 24 lines, few have less than 30."""


def write(count: int, arguments: str, content: str) -> None:
    """A program with so many services, each with a file of its own."""
    services = "".join(
        f'    {{ name = "s{at:03}" package = "Hello" binary = "hi" args = [{arguments}'
        f' "/etc/s/{at}"] }},\n'
        for at in range(count)
    )
    files = "".join(
        f'    {{ path = "/etc/s/{at}" content = "{content}\\n" }},\n' for at in range(count)
    )
    Path("site.pcl").write_text(
        f'{HELLO}module Site {{\n  backend = "systemd"\n  services = [\n{services}  ]\n'
        f"  configFiles = [\n{files}  ]\n}}\n"
    )


def plan(punix: Punix, roots: tuple[str, ...], *more: str) -> str:
    outcome = punix("service", "plan", "Site", "--file", "site.pcl", *roots, *more)
    assert outcome.code == 0, outcome.err
    return outcome.out


@pytest.mark.systemd
def test_what_happens_to_many_for_one_reason_is_told_once(
    punix: Punix, roots: tuple[str, ...]
) -> None:
    write(100, "", "1")
    lines = plan(punix, roots).splitlines()
    assert lines[:5] == [
        "Site: nothing is live here",
        "  start 100 units: it is new (site.pcl:10, …)",
        "      s000.service s001.service s002.service s003.service … 96 more",
        "  exposure 9.6: s000.service s001.service s002.service s003.service … 96 more",
        "  + /etc/s/0 (site.pcl:112)",
    ]
    assert lines[-4:] == [
        "  … 194 more file(s): 194 added",
        "  + package hello-1.0",
        "units, with --activate: 100 start; files: 200 added",
        "packages: which others they need to run is known after the build",
    ]
    found = json.loads(plan(punix, roots, "--format", "json"))
    assert (len(found["units"]), len(found["files"])) == (100, 200)


@pytest.mark.sandbox
def test_a_hundred_services_that_change_fit_on_a_screen(
    punix: Punix, roots: tuple[str, ...]
) -> None:
    write(100, "", "1")
    assert punix("service", "deploy", "Site", "--file", "site.pcl", *roots).code == 0
    write(100, "", "2")
    lines = plan(punix, roots).splitlines()
    assert lines[1] == "  restart s000.service: /etc/s/0 changed (site.pcl:112)"
    assert "  … 94 more unit(s): 94 restart" in lines
    assert "      +2" in lines
    assert "  … 94 more file(s): 94 changed" in lines
    assert len(lines) < HIGHEST
    write(100, '"-v",', "1")
    lines = plan(punix, roots).splitlines()
    assert lines[1] == "  restart 100 units: its unit changed (site.pcl:10, …)"
    assert len(lines) < HIGHEST
    store = re.compile(r"      [-+]ExecStart=\S+/store/[a-z2-7]{7}…-hello-1\.0/bin/hi")
    assert any(store.match(line) for line in lines)
    (unit,) = (
        file
        for file in json.loads(plan(punix, roots, "--format", "json"))["files"]
        if file["path"].endswith("s000.service")
    )
    whole = re.compile(r"\+ExecStart=\S+/store/[a-z2-7]{32}-hello-1\.0/bin/hi -v /etc/s/0")
    assert any(whole.fullmatch(line) for line in unit["lines"])


@pytest.mark.sandbox
def test_a_file_of_one_long_line_fits_too(punix: Punix, roots: tuple[str, ...]) -> None:
    write(1, "", "1" * 10_000)
    assert punix("service", "deploy", "Site", "--file", "site.pcl", *roots).code == 0
    write(1, "", "2" * 10_000)
    text = plan(punix, roots)
    assert f"      +{'2' * 154}…\n" in text
    assert max(map(len, text.splitlines())) < 170


@pytest.mark.strace
@pytest.mark.systemd
def test_a_plan_changes_nothing_and_starts_only_what_measures_exposure(
    tmp_path: Path, roots: tuple[str, ...]
) -> None:
    write(3, "", "1")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = tree(tmp_path)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": f"{tmp_path}/c"}
    environment["TMPDIR"] = str(scratch)
    watch = ["strace", "-fyz", "-etrace=%file,%process,fchmod,fchown", "-o/dev/stdout"]
    command = [*watch, *COMMAND, "service", "plan", "Site", "--file", "site.pcl", *roots]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    calls = [line for line in done.stdout.splitlines() if re.match(r"\d+ +\w+\(", line)]
    assert len([line for line in calls if "execve(" in line]) == 2
    assert any('/systemd-analyze", ["systemd-analyze", "security"' in line for line in calls)
    own = calls[0].split()[0]
    writes = [line for line in calls if WRITES.search(line) and line.split()[0] == own]
    assert [line for line in writes if f"{scratch}/punix-exposure-" not in line] == []
    assert not list(scratch.iterdir())
    assert tree(tmp_path) == before


def test_a_terminal_has_colours_and_no_color_takes_them_away(
    tmp_path: Path, roots: tuple[str, ...]
) -> None:
    write(1, "", "1")
    for name, wanted in (("COLOURS", True), ("NO_COLOR", False)):
        reader, writer = pty.openpty()
        command = [*COMMAND, "service", "plan", "Site", "--file", "site.pcl", *roots]
        environment = {**os.environ, name: "1"}
        subprocess.run(command, env=environment, stdout=writer, check=True)
        os.close(writer)
        told = os.read(reader, 65536).decode()
        os.close(reader)
        assert ("\x1b[32mstart\x1b[0m s000.service: it is new" in told) is wanted
        assert ("\x1b" in told) is wanted
