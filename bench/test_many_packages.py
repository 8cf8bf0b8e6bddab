"""Programs of thousands of packages: copies of real recipes, beside another tool.

Where PUNIX_PEER names the executable of another punix, its time is the floor.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from executables import PEER, PUNIX, ROOT, call
from timing import Measure

from punix.cli.compiling.everything import find_everything

CORPUS = ROOT / "tests" / "data" / "corpus"
COPIES = 80
MODULE = re.compile(r"^module (\S+)", re.MULTILINE)
PNAME = re.compile(r'pname\s*=\s*"([^"]+)"')
LACKING = re.compile(r"unknown module '([^']+)'")
STUB = 'module {} {{ recipe = "std.shell" recipeArgs = {{ command = "true" }} }}\n'

WHO = ["punix", *(["peer"] if PEER else [])]
TARGETS = {"check": 0.8, "build --dry-run": 0.7}


@cache
def recipes() -> str:
    """Return all real recipes as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.pcl")))


def copy(number: int) -> str:
    """Return the recipes with names of their own."""
    names = sorted(MODULE.findall(recipes()), key=len, reverse=True)
    used = rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![\w-])(?=\s*\{{|\.)"
    text = re.sub(used, rf"\1x{number}", recipes())
    return PNAME.sub(rf'pname = "\1-{number}"', text)


def stubs() -> str:
    """Return packages in place of those that the recipes lack."""
    messages = [one.message for one in find_everything([str(CORPUS)], None).diagnostics]
    lacking = {found[1] for one in messages if (found := LACKING.fullmatch(one))}
    return "".join(map(STUB.format, sorted(lacking)))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "many.pcl"
    path.write_text("".join(map(copy, range(COPIES))) + stubs(), encoding="utf-8")
    return path


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("command", TARGETS)
def test_many_packages(
    measure: Measure, program: Path, tmp_path: Path, command: str, who: str
) -> None:
    words = [*([str(PEER)] if who == "peer" else PUNIX), *command.split()]
    if command != "check":
        words += ["--bootstrap=fast", f"--store-root={tmp_path}"]  # some ask for Homebrew
    measure(
        lambda: call(*words, program),
        group=f"punix {command} of real recipes",
        who=who,
        size=COPIES * len(MODULE.findall(recipes())),
        floor=who == "peer",
        target=TARGETS[command] if who == "punix" else None,
        rounds=3,
    )
