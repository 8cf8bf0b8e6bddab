"""Whole programs: several files, the tutorial, a corpus, many and deep members."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from evaluated import program, value
from vocabulary import VOCABULARY, check_text

from punix.frontend.check import check
from punix.ir import codec, dump
from punix.ir.program import Program

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "tests" / "data" / "corpus"


def test_errors_in_one_file_leave_the_names_of_others() -> None:
    files = [("a.pcl", b"module A { x = B.y }"), ("b.pcl", b'module B { y = "open }')]
    found = check(files, VOCABULARY).diagnostics
    assert [str(one.code) for one in found] == ["E0"]


def test_the_tutorials_program(golden: Callable[[str, str], None]) -> None:
    path = ROOT / "examples" / "hello" / "hello.pcl"
    checked = check([("hello.pcl", path.read_bytes())], VOCABULARY)
    assert checked.program is not None
    golden("program/hello.txt", dump.render(codec.envelope(checked.program)))


def test_an_empty_program_is_valid() -> None:
    assert program("") == Program(None, (), (), (), ())


def expectations() -> dict[str, str]:
    found = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
    return {str(name): str(code) for name, code in found.items()}


@pytest.mark.parametrize(("name", "expected"), sorted(expectations().items()))
def test_real_recipes(name: str, expected: str) -> None:
    path = next(CORPUS.rglob(name))
    checked = check([(name, path.read_bytes())], VOCABULARY)
    codes = [str(one.code) for one in checked.diagnostics]
    assert (codes or ["ok"])[0] == expected
    assert set(codes) <= {expected}
    assert (checked.program is None) == (expected != "ok")


def test_long_chains_of_members_modules_and_packages() -> None:
    count = 10_000
    chain = "\n".join(f"a{at} = a{at + 1}" for at in range(count))
    assert value(f'module A {{ {chain}\na{count} = "end" }}', "A.a0") == "end"
    modules = "\n".join(f"module M{at} {{ x = M{at + 1}.x }}" for at in range(count))
    assert value(f"{modules} module M{count} {{ x = 1 }}", "M0.x") == 1
    packages = "\n".join(
        f'module P{at} {{ recipe = "std.autotools" deps = [P{at + 1}.pname] }}'
        for at in range(count)
    )
    last = f'module P{count} {{ recipe = "std.autotools" }}'
    assert sum(len(module.edges) for module in program(packages + last).modules) == count


def test_a_ring_of_many_options_is_one_error() -> None:
    count = 2_000
    ring = "\n".join(f"option a{at} : Int = a{(at + 1) % count}" for at in range(count))
    found = check_text(f"module A {{ {ring} }}").diagnostics
    assert [(str(one.code), len(one.notes)) for one in found] == [("E2", count - 1)]


def test_expressions_as_deep_as_the_parser_lets_them_be() -> None:
    depth = 490
    assert check_text(f"module A {{ x = {'[' * depth}{']' * depth} }}").program is not None
    deep_if = "if true then " * 400 + "1" + " else 2" * 400
    assert value(f"module A {{ x = {deep_if} }}", "A.x") == 1
