"""What a mistake is called, where it is, how to mend it, and what survives it."""

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


MISTAKES: list[tuple[str, str, str, str | None]] = [
    (
        "module A { a = }",
        "}",
        "expected a value after '='",
        None,
    ),
    (
        "module A { a = 1",
        "",
        "missing '}'",
        "add '}'",
    ),
    (
        "module A",
        "",
        "expected '{' after 'A'",
        None,
    ),
    (
        "module",
        "",
        "expected a name after 'module'",
        None,
    ),
    (
        'module "A" { }',
        '"A"',
        "expected a name after 'module'",
        "names stand without quotes: A",
    ),
    (
        "module A = { a = 1 }",
        "=",
        "expected '{' after 'A'",
        "write module A {",
    ),
    (
        "module A { a = 1 } }",
        "}",
        "unexpected '}'",
        "a '}' before it already ends the module",
    ),
    (
        "module A { a = 1 } b = 2",
        "b",
        "expected 'module' or 'scenario' after '}'",
        "a '}' before it already ends the module",
    ),
    (
        'import "x.pcl"',
        "import",
        "unexpected 'import'",
        "PCL has no 'import': all files given to a command form one program",
    ),
    (
        "{ pkgs, ... }: { a = 1 }",
        "{",
        "expected 'module' or 'scenario'",
        "a program is a series of module NAME { … }",
    ),
    (
        '{ "a": 1 }',
        "{",
        "expected 'module' or 'scenario'",
        "a program is a series of module NAME { … }",
    ),
    (
        "let x = 1; in x",
        "let",
        "unexpected 'let'",
        "PCL has no 'let': members of a module may use one another in any order",
    ),
    (
        "Module A { a = 1 }",
        "Module",
        "expected 'module' or 'scenario'",
        "did you mean 'module'?",
    ),
    (
        "module A { option x = 3 }",
        "=",
        "expected ':' after 'x'",
        "an option has a type: option x : Str = …",
    ),
    (
        "module A { option x : = 3 }",
        "=",
        "expected a type after ':'",
        None,
    ),
    (
        "module A { option x Int }",
        "Int",
        "expected ':' after 'x'",
        "add ':'",
    ),
    (
        "module A { option : Int }",
        ":",
        "expected a name after 'option'",
        None,
    ),
    (
        "module A { a = b + c }",
        "+",
        "unexpected '+'",
        'join texts with f"{a}{b}"',
    ),
    (
        "module A { a = ./src }",
        "./src",
        "'./src' without quotes",
        'write "./src"',
    ),
    (
        "module A { a = https://example.org }",
        "https://example.org",
        "'https://example.org' without quotes",
        'write "https://example.org"',
    ),
    (
        "module A { a = [1; 2] }",
        ";",
        "expected ',' or ']' after '1'",
        "write ',' for ';'",
    ),
    (
        "module A { a = [1, , 2] }",
        ",",
        "expected a value or ']' after ','",
        "remove ','",
    ),
    (
        "module A { a = { b: 1, c: 2 } }",
        ":",
        "expected '=' after 'b'",
        "write '=' for ':'",
    ),
    (
        'module A { a = { "b" = 1 } }',
        '"b"',
        "expected a name or '}' after '{'",
        "names stand without quotes: b",
    ),
    (
        "module A { a = if x then 1 }",
        "}",
        "expected 'else' after '1'",
        "write if … then … else …",
    ),
    (
        "module A { a = if x { 1 } else { 2 } }",
        "{",
        "expected 'then' after 'x'",
        "write if … then … else …",
    ),
    (
        "module A { a = x ? 1 : 2 }",
        "?",
        "unexpected '?'",
        "write if … then … else …",
    ),
    (
        "module A { a = for x of y yield x }",
        "of",
        "expected 'in' after 'x'",
        "did you mean 'in'?",
    ),
    (
        "module A { a = for x in y x.a }",
        "x",
        "expected 'yield' after 'y'",
        "add 'yield'",
    ),
    (
        "module A { a = for x in y where x.a == 1 yield x }",
        "==",
        "expected '=' after 'a'",
        "write '=' for '=='",
    ),
    (
        "module A { a = for x in y where x.a yield x }",
        "yield",
        "expected '=' after 'a'",
        None,
    ),
    (
        "module A { a = [x for x in y] }",
        "for",
        "expected ',' or ']' after 'x'",
        "write for x in … yield …, without brackets",
    ),
    (
        'module A { a = ["a, "b"] }',
        '"a',
        "unterminated string",
        "close it with '\"'",
    ),
    (
        'module A { a = "x }',
        '"x }',
        "unterminated string",
        "close it with '\"'",
    ),
    (
        "module A { a = 'x }",
        "'",
        "unexpected '''",
        "strings stand in double quotes",
    ),
    (
        "module A { A.b = force }",
        "}",
        "expected a value after 'force'",
        "(force) is the member of that name",
    ),
    (
        "module A { a = (1 }",
        "}",
        "missing ')' before '}'",
        "add ')'",
    ),
    (
        "module A { a = [1 }",
        "}",
        "missing ']' before '}'",
        "add ']'",
    ),
    (
        'module A { a = "x" "y" }',
        '"y"',
        'unexpected "y" after "x"',
        "write one text",
    ),
    (
        'module A { a = f"{ x }" }',
        "{ x }",
        "no name between the braces of '{ x }'",
        "write {x}",
    ),
    (
        'module A { a = f"{x" }',
        "{x",
        "'{' without '}'",
        "write {x}, or '{{' for a plain '{'",
    ),
    (
        'module A { a = f"{" }',
        "{",
        "'{' without '}'",
        "'{{' is a plain '{'",
    ),
    (
        'module A { a = f"{}" }',
        "{}",
        "no name between the braces of '{}'",
        "a hole holds a name, {name} or {Module.member}; '{{' is a plain '{'",
    ),
    (
        "module A { a = foo(1) }",
        "(",
        "unexpected '(' after 'foo'",
        "PCL has no functions",
    ),
    (
        "module A { a = x.1 }",
        "1",
        "expected a name after '.'",
        "PCL has no indices: 'for' goes over a list",
    ),
    (
        "module A { a = x.true }",
        "true",
        "expected a name after '.'",
        "'true' cannot be a name",
    ),
    (
        "module A { true = 1 }",
        "true",
        "expected a name or '}' after '{'",
        "'true' cannot be a name",
    ),
    (
        "module A { a.b.c = 1 }",
        ".",
        "expected '=' after 'b'",
        "a contribution sets a whole member",
    ),
    (
        "module A { a.b : Int }",
        ":",
        "expected '=' after 'b'",
        "write '=' for ':'",
    ),
    (
        "module A { a := 1 }",
        ":=",
        "expected '=' after 'a'",
        "write '=' for ':='",
    ),
    (
        "module A { a => 1 }",
        "=>",
        "expected '=' after 'a'",
        "write '=' for '=>'",
    ),
    (
        "module A { a 1 }",
        "1",
        "expected '=' after 'a'",
        "add '='",
    ),
    (
        "module A { a = 1, b = 2; c = 3,, d = 4 }",
        ",",
        "expected a name or '}' after ','",
        "remove ','",
    ),
    (
        "module A { inherit x; b = 1 }",
        "inherit",
        "unexpected 'inherit'",
        "PCL has no 'inherit': write name = Module.name",
    ),
    (
        "module A { a = rec { x = 1 } }",
        "rec",
        "unexpected 'rec'",
        "PCL has no 'rec': members of a module may use one another, fields of a record may not",
    ),
    (
        "module A { a = -x }",
        "-",
        "unexpected '-'",
        "PCL does not calculate",
    ),
    (
        "module A { a = 1.5 }",
        "1.5",
        "'1.5' without quotes",
        'write "1.5"',
    ),
    (
        "module A { a = @x }",
        "@",
        "unexpected '@'",
        "strings stand in double quotes",
    ),
    (
        "module A { option a : List[] }",
        "]",
        "expected a type after '['",
        "write List[Str]",
    ),
    (
        "module A { option a : List[Str, Int] }",
        ",",
        "expected ']' after 'Str'",
        "a list has one type",
    ),
    (
        "module A { option a : Str[Int] }",
        "Str[Int]",
        "'Str' takes no type",
        "write Str",
    ),
    (
        "module A { option a : list[Str] }",
        "list",
        "unknown type 'list'",
        "did you mean 'List'?",
    ),
    (
        'module A { option a : "x" | y }',
        "y",
        "expected a string after '|'",
        None,
    ),
    (
        "module A { option a : { b = Int } }",
        "=",
        "expected ':' after 'b'",
        "write ':' for '='",
    ),
    (
        "module A { option a : Str = }",
        "}",
        "expected a value after '='",
        None,
    ),
    (
        "scenario s { a = 1 }",
        "a",
        "unexpected 'a'",
        "a scenario sets Module.member",
    ),
    (
        "scenario s { option a : Int }",
        "option",
        "unexpected 'option'",
        "a scenario sets Module.member",
    ),
    (
        "module A { a = `x` }",
        "`",
        "unexpected '`'",
        "strings stand in double quotes",
    ),
    (
        "module A { a = { with: 1 } }",
        ":",
        "expected '=' after 'with'",
        "write '=' for ':'",
    ),
    (
        "module A { a = import ./x.nix }",
        "import",
        "unexpected 'import'",
        "PCL has no 'import': all files given to a command form one program",
    ),
    (
        "module A { a = with pkgs; [ b c ] }",
        "with",
        "unexpected 'with'",
        "PCL has no 'with': write each name in full",
    ),
]
"""A program, the text that is underlined, the message and the hint."""


@pytest.mark.parametrize(
    ("text", "marked", "message", "hint"), MISTAKES, ids=[found[0] for found in MISTAKES]
)
def test_a_mistake(text: str, marked: str, message: str, hint: str | None) -> None:
    collector = Collector()
    parse_file("x", text.encode(), collector)
    (found,) = collector.sorted()
    assert found.span
    assert text[found.span.start : found.span.end] == marked
    assert (found.message, found.hint) == (message, hint)


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


def test_the_second_of_two_labels_is_wrong() -> None:
    collector = Collector()
    parse_file(
        "x", b"module A { a = { b = 1 c = 2 b = 3 } option o : { d: Int d: Str } }", collector
    )
    assert [
        (d.message, d.span and d.span.start, d.notes[0].span.start) for d in collector.sorted()
    ] == [
        ("field 'b' twice", 29, 17),
        ("field 'd' twice", 57, 50),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{ from_env = "x" b = 1 }', "'b' beside 'from_env'"),
        ('{ b = 1 artifact = "x" }', "'b' beside 'artifact'"),
        ('{ from_env = "x" from_file = "y" }', "'from_file' beside 'from_env'"),
        ("{ from_env = x }", "'from_env' takes a plain string"),
        ('{ from_vault = f"x" }', "'from_vault' takes a plain string"),
        ('{ artifact = "x" }', "'artifact' takes a host and a name"),
        ('{ artifact = { host = "x" } }', "'artifact' takes a host and a name"),
        ('{ artifact = { host = "x" name = y } }', "'name' takes a plain string"),
    ],
)
def test_a_secret_stands_alone(text: str, message: str) -> None:
    (error,) = errors(f"module A {{ a = {text} }}")
    assert error.endswith(f"[E0] {message}")
