"""docs/commands.md has every command, every option and every variable, and no command besides."""

import re
from pathlib import Path

import click
import pytest

from punix.cli.group import root
from punix.cli.table import COMMANDS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
PATHS = [entry.path for entry in COMMANDS]


def command(path: str) -> click.Command:
    found: click.Command = root()
    for name in path.split(" "):
        assert isinstance(found, click.Group)
        child = found.get_command(click.Context(found), name)
        assert child is not None
        found = child
    return found


def test_each_command_has_its_section() -> None:
    assert sorted(re.findall(r"^### punix (.+)$", PAGE, re.MULTILINE)) == sorted(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_each_option_is_named(path: str) -> None:
    options = [one for one in command(path).params if isinstance(one, click.Option)]
    names = [name for option in options for name in option.opts]
    assert [name for name in names if not re.search(rf"{name}(?![\w-])", PAGE)] == []


def test_each_variable_is_named() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "cli").rglob("*.py"))
    assert set(re.findall(r'"(PUNIX_[A-Z_]+)"', text)) == set(re.findall(r"\bPUNIX_[A-Z_]+", PAGE))
