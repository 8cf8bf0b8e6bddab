"""`punix explain`: a page for each code, kind, field and recipe, and examples that are true."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from punix.backends.systemd.hardening import LEVELS
from punix.backends.systemd.manual import MANUAL
from punix.cli.manual.directives import directives
from punix.cli.manual.explain import _find, _key, _topics
from punix.cli.manual.page import Code, Rows, blocks_of
from punix.cli.manual.topics import PAGES, codes, kinds
from punix.ir import codes as error_codes
from punix.ir import diagnostics
from punix.recipes.registry import RECIPES

from .conftest import Punix

CHECKED = [
    *("E0", "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"),
    *("E14", "E15", "E16", "E17", "E18", "E19", "E24", "E28", "E45"),
]
"""The codes that `check` gives."""


def programs(code: str) -> list[str]:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    blocks = [block for block in blocks_of(page) if isinstance(block, Code)]
    return [block.text for block in blocks if block.language == "pcl"]


@pytest.mark.parametrize("code", CHECKED)
def test_the_example_of_a_code_gives_it_and_what_is_mended_does_not(
    punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong, *mended = programs(code)
    Path("a.pcl").write_text(wrong, encoding="utf-8")
    said = punix("check", "a.pcl")
    assert said.code == 1
    errors = [line for line in said.err.splitlines() if " error: " in line]
    assert errors and all(f" error: [{code}] " in line for line in errors)
    for program in mended:
        Path("a.pcl").write_text(program, encoding="utf-8")
        assert punix("check", "a.pcl").out == "ok\n"


def test_codes_that_check_does_not_give_have_a_situation() -> None:
    others = [code for code in codes() if code not in CHECKED]
    assert [code for code in others if programs(code)] == []
    assert [
        name for name in others if not any(isinstance(b, Code) for b in codes()[name].blocks)
    ] == []


def test_each_code_has_a_page_and_no_page_is_left_over() -> None:
    assert {path.stem for path in PAGES.iterdir()} == {str(code) for code in diagnostics.Code}


def test_each_directive_of_a_level_has_a_page_and_no_page_is_left_over() -> None:
    assert MANUAL.keys() == {name for level in LEVELS.values() for name in level}


def test_the_exception_of_each_directive_is_one(
    punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = {
        name: page.blocks[-1].text.removeprefix("hardeningExcept = [").removesuffix("]")
        for name, page in directives().items()
        if isinstance(page.blocks[-1], Code)
    }
    Path("a.pcl").write_text(
        """
        module Hello { recipe = "std.shell" recipeArgs = { command = "" } }
        module Site {
          backend = "systemd"
          hardening = "strict"
          services = [{ name = "web" package = "Hello" binary = "hi" hardeningExcept = [EXCEPT] }]
        }
        """.replace("EXCEPT", ",\n".join(examples.values()))
    )
    said = punix("compile", "a.pcl", "--emit", "bundle", "--format", "text")
    assert said.code == 0, said.err
    assert [name for name in examples if f"\\n# Except {name}: " not in said.out] == []
    assert len(examples) == len(MANUAL)


def test_no_two_topics_are_written_alike() -> None:
    topics = _topics()
    assert len({_key(name) for name in topics}) == len(topics)


def test_each_recipe_has_each_argument() -> None:
    topics = _topics()
    for name, recipe in RECIPES.items():
        (rows,) = [block for block in topics[name].blocks if isinstance(block, Rows)]
        assert [row.name for row in rows.rows] == [spec.name for spec in recipe.arguments.fields]


@pytest.mark.parametrize("words", [["E4"], ["e4"], ["4"]])
def test_a_code_is_explained(punix: Punix, words: list[str]) -> None:
    said = punix("explain", *words)
    assert said.out.startswith("E4: a conflict: two values for one option")
    assert "      Web.port = force 8443\n" in said.out


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["service"], "service"),
        (["config", "file"], "configFile"),
        (["configFile.path"], "configFile.path"),
        (["source", "git"], "source.git"),
        (["restart"], "service.restart"),
        (["std.make"], "std.make"),
        (["make"], "std.make"),
        (["std.make.make_flags"], "std.make.make_flags"),
        ([], "punix explain TOPIC"),
    ],
)
def test_topics_are_found_as_people_write_them(punix: Punix, words: list[str], first: str) -> None:
    said = punix("explain", *words)
    assert (said.code, said.out.splitlines()[0]) == (0, first)


def test_without_a_topic_each_code_is_listed_with_what_it_means(punix: Punix) -> None:
    listed = punix("explain").out.splitlines()
    assert {f"    {code}: {code.meaning}" for code in error_codes.Code} <= set(listed)
    assert [line for line in listed if len(line) > 80] == []


@pytest.mark.parametrize(
    ("topic", "near"),
    [("EE14", "E14"), ("servce", "service"), ("service.restrat", "service.restart")],
)
def test_a_typo_gets_the_nearest_topic(punix: Punix, topic: str, near: str) -> None:
    said = punix("explain", topic)
    assert (said.code, said.out) == (2, "")
    assert f"no topic '{topic}'; did you mean '{near}'?" in said.err


def test_each_topic_is_there_and_named_where_two_of_its_letters_are_swapped() -> None:
    topics = _topics()
    for name in (*codes(), *kinds(), *RECIPES):
        assert _find(name) == [topics[name]]
        at = len(name) // 2
        slip = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
        if len(name) > 5 and _key(slip) not in map(_key, topics):
            with pytest.raises(click.UsageError, match=f"did you mean '{re.escape(name)}'"):
                _find(slip)


def test_text_fits_the_terminal(punix: Punix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    for topic in ("E4", "service", "std.make", "package.recipe"):
        lines = punix("explain", topic).out.splitlines()
        assert [line for line in lines if len(line) > 50] == []


def test_the_shell_completes_topics_from_the_schemas() -> None:
    environment = {"_PUNIX_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    script = "from punix.cli.main import main; main()"
    found = {}
    for begun in ("service.rest", "std.ma", "E1"):
        words = {"COMP_WORDS": f"punix explain {begun}"}
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.argv[0] = 'punix'; {script}"],
            env=os.environ | environment | words,
            capture_output=True,
            text=True,
            check=True,
        )
        found[begun] = [line.partition(",")[2] for line in done.stdout.splitlines()]
    assert found["service.rest"] == ["service.restart"]
    assert "std.make" in found["std.ma"]
    assert {"E1", "E10", "E19"} <= set(found["E1"])
