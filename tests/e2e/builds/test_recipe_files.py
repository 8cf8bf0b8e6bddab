"""Recipes of a file that whoever runs the command names, with its digest."""

import hashlib
from pathlib import Path

import pytest

from ..conftest import Punix

RECIPE = """\
from punix.recipes.common import STAY, Arguments
from punix.recipes.fields import WORD, argument, arguments
from punix.ir.recipe import Recipe

ARGUMENTS = arguments("acme.touch", "Makes a file.", argument("file", WORD, "its name"))


def make(given):
    args = Arguments(given)
    return args.script(("touch $OUTPUT/", *args.word("file", "x")), enter=STAY)


TOUCH = Recipe("acme.touch", 1, ARGUMENTS, make, "Makes a file.")
"""
PROGRAM = 'module A { recipe = "acme.touch" recipeArgs = { file = "a b" } }\n'


@pytest.fixture
def given(tmp_path: Path) -> tuple[str, str]:
    """The option's value for a file with the recipe, and a program that uses it."""
    (tmp_path / "a.pcl").write_text(PROGRAM)
    return write(tmp_path / "acme.py", RECIPE), str(tmp_path / "a.pcl")


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return f"{path}={hashlib.sha256(text.encode()).hexdigest()}"


def test_a_program_is_checked_and_compiled_with_it(punix: Punix, given: tuple[str, str]) -> None:
    option, program = given
    assert punix("--recipe-file", option, "check", program).out == "ok\n"
    made = punix("--recipe-file", option, "compile", program, "--emit", "lowered")
    assert "touch $OUTPUT/'a b'" in made.out
    assert "acme.touch" in punix("--recipe-file", option, "explain").out
    wrong = punix("check", program)
    assert (wrong.code, "[E8] unknown recipe 'acme.touch'" in wrong.err) == (1, True)


def test_it_comes_from_the_environment_too(
    punix: Punix, given: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNIX_RECIPE_FILES", given[0])
    assert punix("check", given[1]).out == "ok\n"


def test_a_file_that_was_changed_is_not_run(
    punix: Punix, given: tuple[str, str], tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    right = write(tmp_path / "acme.py", f"open({str(ran)!r}, 'w')\n" + RECIPE)
    done = punix("--recipe-file", given[0], "check", given[1])
    assert done.code == 1
    assert done.err.splitlines() == [
        f"error: [E8] recipe file '{tmp_path}/acme.py' is not what its digest says",
        f"  hint: read it; if it is right: {right}",
    ]
    assert not ran.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "defines no recipe"),
        ("x = ", "cannot be loaded: SyntaxError: invalid syntax"),
        (
            "import no_such_module",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("{}['x']", "cannot be loaded: KeyError: 'x'"),
        ("raise SystemExit", "cannot be loaded: SystemExit: "),
        ("\0", "source code string cannot contain null bytes"),
        ("from punix.recipes.shell import RECIPE", "recipe 'std.shell' is there twice; one is"),
    ],
)
def test_files_that_are_refused(
    punix: Punix, given: tuple[str, str], tmp_path: Path, text: str, message: str
) -> None:
    done = punix("--recipe-file", write(tmp_path / "bad.py", text), "check", given[1])
    assert done.code == 1
    assert message in done.err
    assert "error: [E8]" in done.err


def test_what_is_no_file_with_a_digest(punix: Punix, given: tuple[str, str]) -> None:
    done = punix("--recipe-file", "acme.py", "check", given[1])
    assert (done.code, "'acme.py' is not FILE=SHA256" in done.err) == (2, True)
    missing = punix("--recipe-file", "/no/file=" + "0" * 64, "check", given[1])
    assert (missing.code, "/no/file" in missing.err) == (1, True)
