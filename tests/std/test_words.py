"""Whatever characters an argument has, a tool receives it as one word."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts import script, shown

from examples import tried
from punix.ir.names import ModuleName
from punix.ir.shell_words import split_words
from punix.ir.text import Out, fill, join
from punix.recipes.words import EXPANDED, line, quoted, wildcards

CHARACTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
SHELL = st.sampled_from([*"$`'\"\\ \t\n;&|<>(){}[]*?~#!=%-@", "$HOME", "${x}", "$(id)"])
TEXTS = (
    st.lists(st.one_of(SHELL, CHARACTERS), max_size=12)
    .map("".join)
    .filter(
        lambda text: (
            "${DEP:" not in text
            and not any(f"${name}" in text or f"${{{name}}}" in text for name in EXPANDED)
        )
    )
)
FAKE = '#!/bin/sh\nfor word; do printf \'%s\\0\' "$word"; done >>"$WORDS"\n'


@pytest.fixture(scope="module")
def tools() -> Iterator[Path]:
    """A folder with a `make` and a `configure` that write down their arguments."""
    with tempfile.TemporaryDirectory() as name:
        for tool in ("make", "configure"):
            path = Path(name) / tool
            path.write_text(FAKE, encoding="utf-8")
            path.chmod(0o755)
        yield Path(name)


def words(tools: Path, text: str) -> list[str]:
    """Run a script there and return the words that the tools received."""
    found = tools / "words"
    found.write_bytes(b"")
    path = f"{tools}:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=tools,
        capture_output=True,
        check=False,
        env={"PATH": path, "WORDS": str(found), "OUTPUT": "/out", "HOME": "/homeless"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return found.read_bytes().decode().split("\0")[:-1]


@tried(40)
@given(st.lists(TEXTS, max_size=4))
def test_flags_arrive_as_words(tools: Path, flags: list[str]) -> None:
    received = words(tools, script("std.autotools", {"configure_flags": list(flags)}))
    assert received == ["--prefix=/out", *flags, "install"]


@tried(40)
@given(st.lists(TEXTS, max_size=4))
def test_arguments_of_make_arrive_as_words(tools: Path, flags: list[str]) -> None:
    received = words(tools, script("std.make", {"make_args": list(flags), "skip_install": True}))
    assert received == ["PREFIX=/out", *flags, "all"]


def test_variables_of_the_build_stand_for_their_values(tools: Path) -> None:
    flags = ["a=$OUTPUT/x y", "${OUTPUT}", "$OUTPUTS", "$HOME", "\\$OUTPUT"]
    received = words(tools, script("std.make", {"make_args": list(flags), "skip_install": True}))
    assert received[1:-1] == ["a=/out/x y", "/out", "$OUTPUTS", "$HOME", "\\/out"]


@given(TEXTS, TEXTS)
def test_a_store_path_in_the_middle_stays_in_its_word(before: str, after: str) -> None:
    text = join((before, Out(ModuleName("A")), after))
    assert split_words(quoted(text)) == [text]
    assert split_words(line(quoted(text), quoted(("x y",)))) == [text, ("x y",)]


def test_wildcards_keep_their_meaning_and_nothing_else_has_one() -> None:
    assert fill(wildcards(("a b/*.[0-9]?$x;'y",)), shown) == "'a b/'*.[0-9]?'$x;'\"'\"'y'"
