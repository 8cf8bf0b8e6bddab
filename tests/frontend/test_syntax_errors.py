"""What a mistake is called, where it is and how to mend it."""

import pytest

from punix.frontend.parse import parse_file
from punix.ir.diagnostics import Code, Collector, Diagnostic


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with the text of a file."""
    collector = Collector()
    parse_file("x", text.encode(), collector)
    return collector.sorted()


MISTAKES: list[tuple[str, str, str, str | None]] = [
    ("module A { a = }", "}", "expected a value after '='", None),
    ("module A { a = 1", "", "missing '}'", "add '}'"),
    ("module A", "", "expected '{' after 'A'", None),
    ("module", "", "expected a name after 'module'", None),
    ('module "A" { }', '"A"', "expected a name after 'module'", "names stand without quotes: A"),
    ("module A = { a = 1 }", "=", "expected '{' after 'A'", "write module A {"),
    ("module A { a = 1 } }", "}", "unexpected '}'", "a '}' before it already ends the module"),
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
    ("Module A { a = 1 }", "Module", "expected 'module' or 'scenario'", "did you mean 'module'?"),
    (
        "module A { option x = 3 }",
        "=",
        "expected ':' after 'x'",
        "an option has a type: option x : Str = …",
    ),
    ("module A { option x : = 3 }", "=", "expected a type after ':'", None),
    ("module A { option x Int }", "Int", "expected ':' after 'x'", "add ':'"),
    ("module A { option : Int }", ":", "expected a name after 'option'", None),
    ("module A { a = b + c }", "+", "unexpected '+'", 'join texts with f"{a}{b}"'),
    ("module A { a = ./src }", "./src", "'./src' without quotes", 'write "./src"'),
    (
        "module A { a = https://example.org }",
        "https://example.org",
        "'https://example.org' without quotes",
        'write "https://example.org"',
    ),
    ("module A { a = [1; 2] }", ";", "expected ',' or ']' after '1'", "write ',' for ';'"),
    ("module A { a = [1, , 2] }", ",", "expected a value or ']' after ','", "remove ','"),
    ("module A { a = { b: 1, c: 2 } }", ":", "expected '=' after 'b'", "write '=' for ':'"),
    (
        'module A { a = { "b" = 1 } }',
        '"b"',
        "expected a name or '}' after '{'",
        "names stand without quotes: b",
    ),
    ("module A { a = if x then 1 }", "}", "expected 'else' after '1'", "write if … then … else …"),
    (
        "module A { a = if x { 1 } else { 2 } }",
        "{",
        "expected 'then' after 'x'",
        "write if … then … else …",
    ),
    ("module A { a = x ? 1 : 2 }", "?", "unexpected '?'", "write if … then … else …"),
    ("module A { a = for x of y yield x }", "of", "expected 'in' after 'x'", "did you mean 'in'?"),
    ("module A { a = for x in y x.a }", "x", "expected 'yield' after 'y'", "add 'yield'"),
    (
        "module A { a = for x in y where x.a == 1 yield x }",
        "==",
        "expected '=' after 'a'",
        "write '=' for '=='",
    ),
    ("module A { a = for x in y where x.a yield x }", "yield", "expected '=' after 'a'", None),
    (
        "module A { a = [x for x in y] }",
        "for",
        "expected ',' or ']' after 'x'",
        "write for x in … yield …, without brackets",
    ),
    ('module A { a = ["a, "b"] }', '"a', "unterminated string", "close it with '\"'"),
    ('module A { a = "x }', '"x }', "unterminated string", "close it with '\"'"),
    ("module A { a = 'x }", "'", "unexpected '''", "strings stand in double quotes"),
    (
        "module A { A.b = force }",
        "}",
        "expected a value after 'force'",
        "(force) is the member of that name",
    ),
    ("module A { a = (1 }", "}", "missing ')' before '}'", "add ')'"),
    ("module A { a = [1 }", "}", "missing ']' before '}'", "add ']'"),
    ('module A { a = "x" "y" }', '"y"', 'unexpected "y" after "x"', "write one text"),
    ('module A { a = f"{ x }" }', "{ x }", "no name between the braces of '{ x }'", "write {x}"),
    ('module A { a = f"{x" }', "{x", "'{' without '}'", "write {x}, or '{{' for a plain '{'"),
    ('module A { a = f"{" }', "{", "'{' without '}'", "'{{' is a plain '{'"),
    (
        'module A { a = f"{}" }',
        "{}",
        "no name between the braces of '{}'",
        "a hole holds a name, {name} or {Module.member}; '{{' is a plain '{'",
    ),
    ("module A { a = foo(1) }", "(", "unexpected '(' after 'foo'", "PCL has no functions"),
    (
        "module A { a = x.1 }",
        "1",
        "expected a name after '.'",
        "PCL has no indices: 'for' goes over a list",
    ),
    ("module A { a = x.true }", "true", "expected a name after '.'", "'true' cannot be a name"),
    (
        "module A { true = 1 }",
        "true",
        "expected a name or '}' after '{'",
        "'true' cannot be a name",
    ),
    ("module A { a.b.c = 1 }", ".", "expected '=' after 'b'", "a contribution sets a whole member"),
    ("module A { a.b : Int }", ":", "expected '=' after 'b'", "write '=' for ':'"),
    ("module A { a := 1 }", ":=", "expected '=' after 'a'", "write '=' for ':='"),
    ("module A { a => 1 }", "=>", "expected '=' after 'a'", "write '=' for '=>'"),
    ("module A { a 1 }", "1", "expected '=' after 'a'", "add '='"),
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
    ("module A { a = -x }", "-", "unexpected '-'", "PCL does not calculate"),
    ("module A { a = 1.5 }", "1.5", "'1.5' without quotes", 'write "1.5"'),
    ("module A { a = @x }", "@", "unexpected '@'", "strings stand in double quotes"),
    ("module A { option a : List[] }", "]", "expected a type after '['", "write List[Str]"),
    (
        "module A { option a : List[Str, Int] }",
        ",",
        "expected ']' after 'Str'",
        "a list has one type",
    ),
    ("module A { option a : Str[Int] }", "Str[Int]", "'Str' takes no type", "write Str"),
    ("module A { option a : list[Str] }", "list", "unknown type 'list'", "did you mean 'List'?"),
    ('module A { option a : "x" | y }', "y", "expected a string after '|'", None),
    ("module A { option a : { b = Int } }", "=", "expected ':' after 'b'", "write ':' for '='"),
    ("module A { option a : Str = }", "}", "expected a value after '='", None),
    ("scenario s { a = 1 }", "a", "unexpected 'a'", "a scenario sets Module.member"),
    (
        "scenario s { option a : Int }",
        "option",
        "unexpected 'option'",
        "a scenario sets Module.member",
    ),
    ("module A { a = `x` }", "`", "unexpected '`'", "strings stand in double quotes"),
    ("module A { a = { with: 1 } }", ":", "expected '=' after 'with'", "write '=' for ':'"),
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
    (found,) = mistakes(text)
    assert found.span
    assert text[found.span.start : found.span.end] == marked
    assert (found.message, found.hint) == (message, hint)


def test_the_second_of_two_labels_is_wrong() -> None:
    found = mistakes("module A { a = { b = 1 c = 2 b = 3 } option o : { d: Int d: Str } }")
    assert [
        (one.message, one.span and one.span.start, one.notes[0].span.start) for one in found
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
    (found,) = mistakes(f"module A {{ a = {text} }}")
    assert (found.code, found.message) == (Code.E0, message)
