"""Inputs that are large, deep or broken anyhow: an answer, never an exception."""

import random
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punix.frontend.parse import parse_file
from punix.ir import ast
from punix.ir.ast import Derived, ModuleBlock, ScenarioBlock
from punix.ir.depth import MAX_NESTING
from punix.ir.diagnostics import Collector, render
from punix.ir.span import Span

RECIPES = [
    path.read_bytes()
    for path in sorted((Path(__file__).parent.parent / "data" / "corpus").glob("*.pcl"))
]
EVERYTHING = b"""module A { option a:Str="x"; option l : List[{a:Int b:Str,}] = []
b=f"a{a}b\\u{e9}{A.b}"
X.y = force 1 X.z = (force) c = for x in l where x.a = 1 and x.b="u" yield distinct {k=x.a}
d = [1,2,] e = if a then 1 else if b then 2 else (3) f = f\"\"\"
  a {b}
  \"\"\" option e : "a" | "b" }
scenario s { A.a = default "y" }
"""
FRAGMENTS = [
    *b"\"{}[]()=:;,.|'#\\-1\r\n",
    *(b'"""', b'f"', b"\\u{", b"==", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc2\xa0"),
    *(b" if ", b" then ", b" else ", b" for ", b" in ", b" where ", b" yield ", b" force "),
    *(b"\nmodule A {\n", b"\nscenario ", b" option ", b" true ", b" List[", b" with x; "),
]


def errors(data: bytes) -> list[str]:
    """The errors of a file, rendered; every place must be inside the file."""
    collector = Collector()
    modules, scenarios, source, text = parse_file("x", data, collector)
    found = collector.sorted()
    blocks: list[ModuleBlock | ScenarioBlock] = [*modules, *scenarios]
    spans: list[Span] = [cast(Any, node).span for block in blocks for node in block.walk()]
    spans += [place for d in found for place in (d.span, *(note.span for note in d.notes)) if place]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
    assert bool(found) or all(block.whole for block in blocks)
    return render(found, [source], {"x": text})


@given(st.sampled_from([*RECIPES, EVERYTHING]), st.integers(0, 2**32), st.integers(1, 20))
def test_any_mutation_is_answered(data: bytes, seed: int, times: int) -> None:
    chance, mutated = random.Random(seed), bytearray(data)
    for _ in range(times):
        start = chance.randrange(len(mutated) + 1)
        fragment = chance.choice(FRAGMENTS)
        new = bytes([fragment]) if isinstance(fragment, int) else fragment
        mutated[start : start + chance.choice((0, 1, 3, 20, 200))] = new
    "\n".join(errors(bytes(mutated))).encode()


@given(st.binary())
def test_any_bytes_are_answered(data: bytes) -> None:
    errors(data)
    errors(b"module A { a = " + data + b" }")


DEEP = 100_000


@pytest.mark.parametrize(
    ("opening", "closing", "width", "times"),
    [
        ("[", "]", 1, DEEP),
        ("(", ")", 1, DEEP),
        ("{x=", "}", 3, 10_000),
        ("if ", "", 3, 10_000),
        ("if a then ", "", 10, 10_000),
        ("for x in ", "", 9, 10_000),
        ("for x in y yield ", "", 17, 10_000),
    ],
)
def test_too_deep_is_one_located_error(opening: str, closing: str, width: int, times: int) -> None:
    text = f"module A {{ a = {opening * times}1{closing * times} }}"
    column = len("module A { a = ") + width * MAX_NESTING + 1
    assert errors(text.encode()) == [
        f"x:1:{column}: error: [E0] nested too deep (more than 500 levels)"
    ]


def test_too_deep_a_type() -> None:
    (error,) = errors(f"module A {{ option a : {'List[' * DEEP}".encode())
    assert error.startswith(f"x:1:{22 + 5 * MAX_NESTING + 5}: error: [E0] nested too deep")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("[", "]"), ("(", ")"), ("{if=", "}"), ("if a then ", " else 2"), ("for x in y yield ", "")],
)
def test_just_deep_enough(opening: str, closing: str) -> None:
    nested = f"{opening * MAX_NESTING}1{closing * MAX_NESTING}"
    assert errors(f"module A {{ a = {nested} b = {nested} }}".encode()) == []


def only(data: str) -> ast.Expr:
    collector = Collector()
    modules, _, _, _ = parse_file("x", data.encode(), collector)
    assert collector.sorted() == ()
    assert isinstance(modules[0], ModuleBlock)
    (member,) = modules[0].members
    assert isinstance(member, Derived)
    return member.value


def test_a_chain_of_else_ifs_is_not_deep() -> None:
    chain = only(f"module A {{ a = {'if a then 1 else ' * 10_000}2 }}")
    assert isinstance(chain, ast.If)
    assert len(chain.branches) == 10_000


def test_a_long_list() -> None:
    found = only(f"module A {{ a = [{'1,' * 100_000}] }}")
    assert isinstance(found, ast.ListLiteral)
    assert len(found.items) == 100_000


@pytest.mark.parametrize("quotes", ['"', '"""', 'f"', 'f"""'])
def test_a_long_string(quotes: str) -> None:
    found = only(f"module A {{ a = {quotes}{'x' * 20_000_000}{quotes[-3:].lstrip('f')} }}")
    text = found.value if isinstance(found, ast.StrLiteral) else getattr(found, "parts")[0]  # noqa: B009
    assert len(text) == 20_000_000


def test_a_long_string_without_an_end() -> None:
    for quotes in ('"', '"""', 'f"', 'f"""'):
        (error, _) = errors(f"module A {{ a = {quotes}{'x' * 2_000_000}".encode())
        assert error.startswith("x:1:16: error: [E0] unterminated")


def test_digits_have_a_limit() -> None:
    assert errors(f"module A {{ a = -{'1' * 4300} b = {'0' * 4300} }}".encode()) == []
    (error,) = errors(f"module A {{ a = {'1' * 4301} }}".encode())
    assert error == "x:1:16: error: [E0] more than 4,300 digits"


def test_many_mistakes_are_all_found() -> None:
    lines = b"module A {\n" + b"  a = =\n" * 2000 + b"}\n"
    assert sum("error" in line for line in errors(lines)) == 2000


def test_blocks_that_no_bracket_tells_apart_are_read_one_by_one() -> None:
    """Two braces are open where `module B` stands, so its place tells nothing."""
    head = "module A {\n  x = { a : Zlib {\n  y = 1\n}"
    assert len(errors(f'{head}\nmodule B "make"\n  z = 1\n}}'.encode())) == 2 * 4
    modules = parse_file("x", f"{head} module B {{ z = 1 }} module C {{".encode(), Collector())[0]
    assert [(block.name, block.whole) for block in modules][1:] == [("B", False), ("C", False)]
