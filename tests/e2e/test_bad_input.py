"""Whatever a person types: a located error, and nothing changed."""

import os
import re
from pathlib import Path

import pytest
from stacks import closure, manifest, service

from punix.backends.base import load_backend
from punix.cli.table import COMMANDS
from punix.ir.codec import dumps
from punix.ir.names import ModuleName

from .conftest import Outcome, Punix, Scratch

HELLO = '  recipe = "std.shell"\n  recipeArgs = { command = "true" }\n'

BAD = {
    "not UTF-8": (b'module A {\n  x = "\xff"\n}\n', ":2:8: error: [E0]"),
    "a string without an end": (b'module A {\n  x = "abc\n}\n', ":2:7: error: [E0]"),
    "a block without an end": (b"module A {\n  x = 1\n", "error: [E0]"),
    "nested 100,000 deep": (b"module A {\n  x = " + b"[" * 100_000, ":2:507: error: [E0]"),
    "a NUL": (b"module A {\n  x = \0\n}\n", ":2:7: error: [E0]"),
    "a wrong type": (
        b'module A {\n  option x : Int = "a"\n}\n',
        ":2:20: error: [E1]",
    ),
    "an unknown name": (b"module A {\n  x = B.y\n}\n", ":2:7: error: [E2]"),
    "an unknown recipe": (b'module A {\n  recipe = "std.shel"\n}\n', ":2:12: error: [E8]"),
    "a missing source folder": (
        b'module A {\n  source = { type = "local" path = "./nowhere" }\n' + HELLO.encode() + b"}\n",
        ":2:36: error: [E17]",
    ),
    "an unknown package": (
        b'module S {\n  backend = "systemd"\n  storeModules = ["Nope"]\n}\n',
        ":3:19: error: [E2]",
    ),
    "a missing command": (b'module A {\n  recipe = "std.shell"\n}\n', "error: [E1]"),
}


@pytest.mark.parametrize("kind", BAD)
def test_check_tells_where(punix: Punix, tmp_path: Path, kind: str) -> None:
    data, wanted = BAD[kind]
    program = tmp_path / "bad.pcl"
    program.write_bytes(data)
    outcome = punix("check", program)
    first = outcome.err.splitlines()[0]
    assert (outcome.code, outcome.out) == (1, "")
    assert first.startswith(str(program)) and wanted in first, outcome.err
    assert "Traceback" not in outcome.err
    assert len([line for line in outcome.err.splitlines() if ": error: " in line]) == 1


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_program_changes_nothing(punix: Punix, tmp_path: Path, kind: str) -> None:
    program = tmp_path / "bad.pcl"
    program.write_bytes(BAD[kind][0])
    roots = ("--store-root", tmp_path / "store", "--deployments-root", tmp_path / "deploys")
    outcome = punix("service", "deploy", "S", "--file", program, "--dry-run", *roots)
    assert outcome.code == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["bad.pcl"]


def test_the_one_answer_to_a_mistyped_recipe(punix: Punix, scratch: Scratch) -> None:
    scratch.program.write_text(
        scratch.program.read_text().replace('recipe = "std.shell"', 'recpie = "std.shell"')
    )
    outcome = punix("check", "hello.pcl")
    lines = [
        line for line in outcome.err.splitlines() if not line.startswith("  ") or "hint" in line
    ]
    assert lines == [
        "hello.pcl:4:3: error: [E1] unknown field 'recpie' on module 'Hello'",
        "  hint: did you mean 'recipe'?",
    ]


def test_an_option_on_the_wrong_side_of_the_command(punix: Punix) -> None:
    for option in ("--recipe-file", "--version"):
        for command in (["build"], ["store", "gc"]):
            outcome = punix(*command, option, "x")
            assert outcome.code == 2
            assert outcome.err.splitlines() == [
                "Usage: punix [OPTIONS] [COMMAND] [ARGS]...",
                f"error: '{option}' goes before the command's name",
                "  hint: `punix --help` shows what there is",
            ]
    for before in ([], ["store"]):
        outcome = punix(*before, "--store-root", "/nowhere", "gc")
        assert outcome.code == 2
        told = "error: no option '--store-root': those of a command go after its name\n"
        assert told in outcome.err


def test_a_file_that_is_not_there(punix: Punix, tmp_path: Path) -> None:
    outcome = punix("check", tmp_path / "none.pcl")
    assert outcome.code == 1
    assert "[E29]" in outcome.err and "none.pcl" in outcome.err


def test_a_misspelt_file_gets_the_nearest(punix: Punix, scratch: Scratch) -> None:
    for name, near in (("helo.pcl", "hello.pcl"), ("./helo.pcl", "./hello.pcl")):
        outcome = punix("service", "deploy", "HelloStack", "--file", name, *scratch.roots)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.endswith(f"  hint: did you mean '{near}'?\n")


def test_unknown_command_and_option(punix: Punix) -> None:
    outcome = punix("chekc")
    assert outcome.code == 2
    assert "did you mean 'check'?" in outcome.err
    assert punix("check", "--scenari", "x").code == 2


def dry_run(punix: Punix, scratch: Scratch, stack: str = "HelloStack") -> Outcome:
    return punix("service", "deploy", stack, "--file", "hello.pcl", "--dry-run", *scratch.roots)


@pytest.mark.sandbox
def test_a_binary_that_the_package_lacks(punix: Punix, scratch: Scratch) -> None:
    text = scratch.program.read_text().replace('binary = "hi"', 'binary = "ho"')
    scratch.program.write_text(text)
    outcome = dry_run(punix, scratch)
    assert outcome.code == 1
    assert "hello.pcl:16:14: error: [E23]" in outcome.err
    assert not scratch.deployments.exists()


@pytest.mark.sandbox
def test_a_failed_build_deploys_nothing(punix: Punix, scratch: Scratch) -> None:
    text = scratch.program.read_text().replace('command = "mkdir', 'command = "false; mkdir')
    scratch.program.write_text(text)
    outcome = dry_run(punix, scratch)
    assert outcome.code == 3
    assert outcome.out.startswith("FAIL\tHello\t")
    assert not scratch.deployments.exists()
    assert [entry for entry in scratch.store.iterdir() if not entry.name.startswith(".")] == [
        scratch.store / "gc.lock"
    ]


def test_an_unknown_stack_gets_the_nearest(punix: Punix, scratch: Scratch) -> None:
    outcome = dry_run(punix, scratch, "HeloStack")
    assert outcome.code == 1
    assert "[E26]" in outcome.err and "did you mean 'HelloStack'?" in outcome.err
    assert not scratch.deployments.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"punix": 1}',
        '{"punix": {"ir": "closure", "version": 99}}',
        "\0",
        "[" * 100_000,
    ],
)
def test_stored_ir_that_is_none(punix: Punix, tmp_path: Path, text: str) -> None:
    stored = tmp_path / "stored.json"
    stored.write_text(text)
    outcome = punix("compile", "--from", stored, "--emit", "plan")
    assert outcome.code == 1
    assert "[E25]" in outcome.err and str(stored) in outcome.err


def test_punix_alone_shows_what_there_is(punix: Punix) -> None:
    for arguments in ((), ("service",), ("store",)):
        outcome = punix(*arguments)
        assert (outcome.code, outcome.err) == (0, "")
        assert "Usage: punix" in outcome.out
    assert punix("version").out == punix("--version").out


def test_builds_for_another_system_stop_before_they_begin(punix: Punix, scratch: Scratch) -> None:
    build = ("build", "hello.pcl", "--store-root", scratch.store, "--system")
    outcome = punix(*build, "vax-ultrix")
    assert outcome.code == 1
    assert "[E31] packages for 'vax-ultrix' cannot be built on" in outcome.err
    assert punix(*build, "vax-ultrix", "--dry-run").code == 0
    assert punix(*build, "a b").code == 2


def test_what_a_program_says_does_not_move_the_cursor(punix: Punix, tmp_path: Path) -> None:
    (tmp_path / "a.pcl").write_text('module A {\n  recipe = "\x1b[2J\u202ex\t"\n}\n')
    outcome = punix("check", tmp_path)
    assert outcome.code == 1
    assert outcome.err.splitlines()[0].endswith("[E8] unknown recipe '\ufffd[2J\ufffdx\t'")
    assert not {"\x1b", "\u202e"} & set(outcome.err)


def test_a_name_that_is_no_text_is_refused(punix: Punix, tmp_path: Path) -> None:
    program = os.fsencode(tmp_path) + b"/a\xff.pcl"
    with open(program, "wb") as file:
        file.write(b"module A {\n  x = 1\n}\n")
    for named in (os.fsdecode(program), tmp_path):
        outcome = punix("check", named)
        assert (outcome.code, "its name is not UTF-8" in outcome.err) == (1, True)


def test_no_help_has_signs_of_mathematics(punix: Punix) -> None:
    for entry in COMMANDS:
        assert not re.search(r"[<>]=?[0-9x]", punix(*entry.path.split(), "--help").out), entry.path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("service", "switch", "S", "x"), "'N': 'x' is not a whole number from 1 on"),
        (("service", "rollback", "S", "--to", "0"), "'--to': '0' is not a whole number from 1 on"),
        (("build", "--timeout", "0"), "'--timeout': '0' is not a number above 0"),
        (("build", "--timeout", "inf"), "'--timeout': 'inf' is not a number above 0"),
        (
            ("build", "--max-memory", "9e9"),
            "'--max-memory': '9e9' is not of the form 20G, 500M or 4096",
        ),
        (
            ("build", "--max-output", "9999999999T"),
            "'--max-output': '9999999999T' is more than any disk holds",
        ),
        (
            ("store", "gc", "--keep-days", "nan"),
            "'--keep-days': 'nan' is not a number from 0 to 36500",
        ),
        (("store", "gc", "--keep-days", "x"), "'--keep-days': 'x' is not a number from 0 to 36500"),
        (
            ("service", "switch", "S", "1", "--wait", "-1"),
            "'--wait': '-1' is not a number from 0 on",
        ),
    ],
)
def test_numbers_are_refused_in_words(punix: Punix, arguments: tuple[str, ...], said: str) -> None:
    outcome = punix(*arguments)
    assert outcome.code == 2
    assert f"error: Invalid value for {said}\n" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deploy",), "no command 'deploy'; did you mean 'service deploy'?"),
        (("verify",), "no command 'verify'; did you mean 'store verify' or 'service verify'?"),
        (("servce",), "no command 'servce'; did you mean 'service'?"),
        (("build", "--onyl", "A"), "error: no option '--onyl'; did you mean '--only'?\n"),
        (("service", "deploy", "--target", "S"), "no option '--target'\n  hint: `punix service"),
        (("build", "Hello"), "hint: a program is named by its file or folder"),
        (("check", "src"), "[E29] no file '*.pcl' in folder 'src'"),
        (("check", "hello.pcl", "--scenario", "prod"), "hint: the program has no scenario"),
        (("service", "deploy", "Hello"), "hint: there is HelloStack"),
        (("store", "ls", "Hello"), "-hello-1.0'?"),
    ],
)
@pytest.mark.sandbox
def test_what_was_meant_is_named(
    punix: Punix, scratch: Scratch, arguments: tuple[str, ...], said: str
) -> None:
    store = ("--store-root", scratch.store) if arguments[0] == "store" else ()
    assert not store or punix("build", *store).code == 0
    outcome = punix(*arguments, *store)
    assert outcome.code in (1, 2)
    assert said in outcome.err


def test_a_program_is_not_a_stored_stage(punix: Punix, scratch: Scratch) -> None:
    outcome = punix("compile", "--from", scratch.program.name)
    assert outcome.err.splitlines() == [
        "error: [E25] 'hello.pcl' is a program, not a stored stage",
        "  hint: programs go without --from: punix compile hello.pcl",
    ]


def test_a_manifest_is_no_stage_to_go_on_from(punix: Punix, tmp_path: Path) -> None:
    made = load_backend("systemd").emit(closure([service("web")]), ModuleName("HelloStack"))
    stored = tmp_path / "manifest.json"
    stored.write_text(dumps(manifest(made)))
    outcome = punix("compile", "--from", stored, "--emit", "plan")
    assert outcome.code == 2
    assert "error: nothing is compiled from a manifest\n" in outcome.err


def test_a_program_where_something_else_is_wanted(punix: Punix, scratch: Scratch) -> None:
    stack = punix("service", "status", "hello.pcl")
    assert (stack.code, stack.out) == (2, "")
    assert "'hello.pcl' is a program, not the name of a stack\n" in stack.err
    plan = punix("service", "apply", "hello.pcl", *scratch.roots)
    assert (plan.code, plan.out) == (1, "")
    assert plan.err.startswith("error: [E25] 'hello.pcl' is a program, not a saved plan\n  hint:")
