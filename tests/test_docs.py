"""Every example of the documentation is run, and every link of it leads somewhere.

Each page gets a scratch copy of examples/hello and its blocks are taken in turn:

    ```pcl file=web.pcl     the block is written to the file web.pcl
    ```console              `$ ` begins a command (a line that ends in `\\` goes on);
                            what follows, up to the next one, is its output, both streams

In output, `…` stands for any text within a line, and a line of `…` alone for any
lines. A command must succeed; one that should not is written `punix …; echo $?`.
Blocks of other kinds are only shown.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUNNABLE = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ANCHOR = re.compile(r"\]\(([^)\s#:]*)#([^)]+)\)")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into (command, expected output)."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        size = next(n for n, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield "\n".join(lines[:size]), "\n".join(lines[size:])


def pattern(expected: str) -> re.Pattern[str]:
    """A line of `…` alone is any number of lines, `…` elsewhere any text of its line."""
    rows = [
        r"(?:.*\n)*" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in expected.splitlines()
    ]
    return re.compile("".join(rows))


def environment(home: Path) -> dict[str, str]:
    """As on a new machine: this environment's commands, an empty home, no settings."""
    tools = Path(sys.executable).parent
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }


def run(command: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.sandbox
@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_examples_do_what_the_page_says(page: Path, tmp_path: Path) -> None:
    folder, home = tmp_path / "hello", tmp_path / "home"
    shutil.copytree(ROOT / "examples/hello", folder)
    home.mkdir()
    for language, file, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if file:
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif language == "console":
            for command, expected in commands(text):
                done = run(command, folder, home)
                said = "".join(f"{line}\n" for line in done.stdout.splitlines())
                assert done.returncode == 0, f"{command}\n{done.stdout}"
                assert pattern(expected).fullmatch(said), f"{command}\n{done.stdout}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = HEADING.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_anchors_lead_to_headings(page: Path) -> None:
    links = ANCHOR.findall(page.read_text(encoding="utf-8"))
    missing = [
        f"{file}#{anchor}"
        for file, anchor in links
        if anchor not in anchors(page.parent / file if file else page)
    ]
    assert missing == []


def test_pattern_matches_what_it_says() -> None:
    assert pattern("a … c\n…\nend").fullmatch("a b c\nx\ny\nend\n")
    assert pattern("a\n…").fullmatch("a\n")
    assert not pattern("a … c").fullmatch("a b\nc\n")
    assert not pattern("").fullmatch("something\n")


def test_commands_go_on_after_a_backslash() -> None:
    assert list(commands("$ a \\\n  b\nout\n$ c\n")) == [("a \\\n  b", "out"), ("c", "")]


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(page.name for page in folder.glob("0*.md"))
