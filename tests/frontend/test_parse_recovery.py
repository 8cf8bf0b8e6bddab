"""What survives a mistake: the other members of its block, and all other blocks."""

import pytest

from punix.frontend.parse import parse_file, parse_program
from punix.ir.ast import Contribution, ModuleBlock, ScenarioBlock
from punix.ir.diagnostics import Collector, render


def errors(*lines: str | bytes) -> list[str]:
    """The first lines of all errors in a file that is called x."""
    data = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    collector = Collector()
    tree, _ = parse_program([("x", data)], collector)
    return [
        line.replace("error: ", "")
        for line in render(collector.sorted(), tree.sources)
        if "hint: " not in line and "note: " not in line
    ]


def survivors(*lines: str) -> dict[str, list[str]]:
    """The members that could be read, by block; a block with a mistake has a '!'."""
    modules, scenarios, _, _ = parse_file("x", "\n".join(lines).encode(), Collector())
    blocks: list[ModuleBlock | ScenarioBlock] = [*modules, *scenarios]
    return {
        block.name + "!" * (not block.whole): [
            f"{member.target}.{member.member}" if isinstance(member, Contribution) else member.name
            for member in block.members
        ]
        for block in blocks
    }


def test_each_member_has_its_own_mistake() -> None:
    text = (
        "module A {",
        '  version "1.0"',
        "  good = 1",
        "  x == 3",
        '  y = "abc',
        "  z = [1 2]",
        r'  w = "\q"',
        '  s = { type "local"',
        '    path = "x" }',
        "  option t : Strng = 1",
        "  q =",
        "  fine = 2",
        "}",
        "module B { a = 1 }",
        "scenario s { A.x = 1 A.y 2 A.z = 3 }",
    )
    assert errors(*text) == [
        "x:2:11: [E0] expected '=' after 'version'",
        "x:4:5: [E0] expected '=' after 'x'",
        "x:5:7: [E0] unterminated string",
        "x:6:10: [E0] expected ',' or ']' after '1'",
        r"x:7:8: [E0] unknown escape '\q'",
        "x:8:14: [E0] expected '=' after 'type'",
        "x:10:14: [E1] unknown type 'Strng'",
        "x:12:3: [E0] expected a value after '='",
        "x:15:26: [E0] expected '=' after 'y'",
    ]
    assert survivors(*text) == {"A!": ["good", "fine"], "B": ["a"], "s!": ["A.x", "A.z"]}


def test_a_missing_brace_stays_in_its_module() -> None:
    text = (
        "module A {",
        "  a = 1",
        "  source = {",
        '    type = "local"',
        "  recipe = 1",
        "}",
        "module B {",
        "  b = 2",
        "scenario s { A.a = 1 }",
        "module C { c = 3",
    )
    assert errors(*text) == [
        "x:5:3: [E0] missing '}' before 'recipe'",
        "x:9:1: [E0] missing '}' before 'scenario'",
        "x:10:17: [E0] missing '}'",
    ]
    assert survivors(*text) == {"A!": ["a"], "B!": ["b"], "s": ["A.a"], "C!": ["c"]}
    collector = Collector()
    source = parse_file("x", "\n".join(text).encode(), collector)[2]
    notes = [source.place(note.span.start) for d in collector.sorted() for note in d.notes]
    assert list(map(str, notes)) == ["x:3:12", "x:7:10", "x:10:10"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("  a = [", "    1,", "  b = 2"), "x:4:3: [E0] missing ']' before 'b'"),
        (("  a = [1", "  b = 2"), "x:3:3: [E0] missing ']' before 'b'"),
        (("  a = (1", "  b = 2"), "x:3:3: [E0] missing ')' before 'b'"),
        (("  a = [{ x = 1", "  ]", "  b = 2"), "x:3:3: [E0] missing '}' before ']'"),
        (("  a = { x = [1 }", "  b = 2"), "x:2:16: [E0] missing ']' before '}'"),
        (("  a = { x 1", "  b = 2"), "x:2:11: [E0] expected '=' after 'x'"),
    ],
)
def test_a_missing_bracket_stays_in_its_member(lines: tuple[str, ...], expected: str) -> None:
    text = ("module A {", *lines, "  c = 3", "}")
    assert errors(*text) == [expected]
    assert survivors(*text) == {"A!": ["b", "c"]}


def test_an_open_raw_string_ends_at_the_next_module() -> None:
    text = ("module A {", '  a = """x', "  b = 1 }", "", "module B { b = 1 }")
    assert errors(*text) == ['x:2:7: [E0] unterminated """ string']
    assert survivors(*text) == {"A!": [], "B": ["b"]}


def test_a_closed_string_may_hold_a_module() -> None:
    text = ("module A {", '  a = """', "module B {", '"""', "}")
    assert errors(*text) == []
    assert survivors(*text) == {"A": ["a"]}


def test_bytes_that_are_not_utf_8() -> None:
    assert errors(b"module A { b = 1\r\n", b'  a = "\xc3\xa9\xff" c = \xfe1 }') == [
        "x:3:9: [E0] not UTF-8"
    ]
    assert errors(b"module A { a = \xff }") == ["x:1:16: [E0] not UTF-8"]
