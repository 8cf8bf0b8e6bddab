"""Text to tree: what each construct becomes, and where it stands."""

from pathlib import Path
from typing import Any, cast

import pytest

from punix.frontend.parse import parse_file, parse_program
from punix.frontend.syntax import tables
from punix.ir import ast
from punix.ir.ast import Ast
from punix.ir.codec import dumps, loads
from punix.ir.diagnostics import Collector, render
from punix.ir.names import Label, ModuleName
from punix.ir.span import Span

NOWHERE = Span("", 0, 0)
CORPUS = Path(__file__).parent.parent / "data" / "corpus"


def read(text: str) -> Ast:
    collector = Collector()
    tree, texts = parse_program([("a.pcl", text.encode())], collector)
    assert render(collector.sorted(), tree.sources, texts) == []
    return tree


def value(text: str) -> ast.Expr:
    (member,) = read(f"module M {{ it = {text} }}").modules[0].members
    assert isinstance(member, ast.Derived)
    return member.value


def name(*segments: str) -> ast.Reference:
    return ast.Reference(segments, NOWHERE)


def string(text: str) -> ast.StrLiteral:
    return ast.StrLiteral(text, NOWHERE)


def number(digits: int) -> ast.IntLiteral:
    return ast.IntLiteral(digits, NOWHERE)


def record(**fields: ast.Expr) -> ast.RecordLiteral:
    made = (ast.FieldLiteral(Label(key), found, NOWHERE) for key, found in fields.items())
    return ast.RecordLiteral(tuple(made), NOWHERE)


def items(*found: ast.Expr) -> ast.ListLiteral:
    return ast.ListLiteral(found, NOWHERE)


EXPRESSIONS: list[tuple[str, ast.Expr]] = [
    ("007", number(7)),
    ("-12", number(-12)),
    ("true", ast.BoolLiteral(True, NOWHERE)),
    ("false", ast.BoolLiteral(False, NOWHERE)),
    ("truex", name("truex")),
    ("a--b", name("a--b")),
    ("a.b.c", name("a", "b", "c")),
    ("a . if\n.for", name("a", "if", "for")),
    ("(force)", name("force")),
    ("force", name("force")),
    ("then", name("then")),
    ("[]", items()),
    ("[1,]", items(number(1))),
    ("[1, x, ]", items(number(1), name("x"))),
    ("{}", record()),
    ("{a = 1 if = 2; for = 3,}", record(**{"a": number(1), "if": number(2), "for": number(3)})),
    ('{from_env = "A"}', ast.SecretLiteral("from_env", "A", NOWHERE)),
    ('({from_file = ("/a")})', ast.SecretLiteral("from_file", "/a", NOWHERE)),
    ('{from_vault = """a"""}', ast.SecretLiteral("from_vault", "a", NOWHERE)),
    ('{artifact = {name = "n" host = "h"}}', ast.ArtifactLiteral("h", "n", NOWHERE)),
    (
        "if a then 1 else 2",
        ast.If((ast.Branch(name("a"), number(1), NOWHERE),), number(2), NOWHERE),
    ),
    (
        "if a then 1 else if b then 2 else 3",
        ast.If(
            (
                ast.Branch(name("a"), number(1), NOWHERE),
                ast.Branch(name("b"), number(2), NOWHERE),
            ),
            number(3),
            NOWHERE,
        ),
    ),
    (
        "if if a then b else c then 1 else else",
        ast.If(
            (
                ast.Branch(
                    ast.If((ast.Branch(name("a"), name("b"), NOWHERE),), name("c"), NOWHERE),
                    number(1),
                    NOWHERE,
                ),
            ),
            name("else"),
            NOWHERE,
        ),
    ),
    ("for x in xs yield x.a", ast.For("x", name("xs"), (), False, name("x", "a"), NOWHERE)),
    ("for x in xs yield distinct x", ast.For("x", name("xs"), (), True, name("x"), NOWHERE)),
    (
        "for x in xs yield (distinct)",
        ast.For("x", name("xs"), (), False, name("distinct"), NOWHERE),
    ),
    (
        'for in in in where in.a = "b" and 1 = in.c yield distinct distinct',
        ast.For(
            "in",
            name("in"),
            (
                ast.Guard(name("in", "a"), string("b"), NOWHERE),
                ast.Guard(number(1), name("in", "c"), NOWHERE),
            ),
            True,
            name("distinct"),
            NOWHERE,
        ),
    ),
]


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS, ids=[text for text, _ in EXPRESSIONS])
def test_an_expression(text: str, expected: ast.Expr) -> None:
    assert value(text) == expected


TYPES: list[tuple[str, ast.TypeExpr]] = [
    ("Str", ast.NamedType("Str", None, NOWHERE)),
    ("Secret", ast.NamedType("Secret", None, NOWHERE)),
    ("List[Int]", ast.NamedType("List", ast.NamedType("Int", None, NOWHERE), NOWHERE)),
    ('"a" | """b"""', ast.EnumType(("a", "b"), NOWHERE)),
    (
        "{ a: Bool, b: Path; }",
        ast.RecordType(
            (
                ast.FieldType(Label("a"), ast.NamedType("Bool", None, NOWHERE), NOWHERE),
                ast.FieldType(Label("b"), ast.NamedType("Path", None, NOWHERE), NOWHERE),
            ),
            NOWHERE,
        ),
    ),
]


@pytest.mark.parametrize(("text", "expected"), TYPES, ids=[text for text, _ in TYPES])
def test_a_type(text: str, expected: ast.TypeExpr) -> None:
    (member,) = read(f"module M {{ option o : {text} }}").modules[0].members
    assert member == ast.OptionDecl(Label("o"), expected, None, NOWHERE)


@pytest.mark.parametrize(
    ("text", "rung", "expected"),
    [
        ("1", "plain", number(1)),
        ("force 1", "force", number(1)),
        ("default 1", "default", number(1)),
        ("(force)", "plain", name("force")),
        ("force default", "force", name("default")),
        ("distinct.a", "plain", name("distinct", "a")),
    ],
)
def test_a_contribution(text: str, rung: ast.Rung, expected: ast.Expr) -> None:
    contribution = ast.Contribution(ModuleName("A"), Label("b"), rung, expected, NOWHERE)
    tree = read(f"module M {{ A.b = {text} }} scenario s {{ A.b = {text} }}")
    assert tree.modules[0].members == (contribution,)
    assert tree.scenarios[0].members == (contribution,)


def test_members_need_nothing_between_them() -> None:
    plain = read("module option { option option:Int=1 module=2 option=3 if=b then=c a.b=d }")
    marked = read("module option{option option:Int=1;module=2,option=3;if=b,then=c;a.b=d;}")
    assert plain == marked
    assert len(plain.modules[0].members) == 6


def test_a_number_may_touch_the_next_member() -> None:
    assert read("module M { a = 12abc = 3 }") == read("module M { a = 12 abc = 3 }")


def texts_of(text: str) -> list[str]:
    tree = read(text)
    spans: list[Span] = [cast(Any, node).span for node in tree.modules[0].walk()]
    return [text[span.start : span.end] for span in spans]


def test_spans_cover_expressions_and_name_members() -> None:
    text = "module M { option o : List[Str] = [1, x.y] A . b = force (if a then {k = 1} else z) }"
    assert texts_of(text) == [
        "M",
        "o",
        "List[Str]",
        "Str",
        "[1, x.y]",
        "1",
        "x.y",
        "A . b",
        "if a then {k = 1} else z",
        "if a then {k = 1}",
        "a",
        "{k = 1}",
        "k",
        "1",
        "z",
    ]


def test_spans_of_holes_are_those_of_the_names() -> None:
    text = (
        'module M { a = f"\\n{{\\u{e9}{one}é{M.two}" '
        'b = f"""\n      é {three}\n   \n    {f.o.ur}{five}\n    """ }'
    )
    found = texts_of(text)
    assert [part for part in found if part[0].isalpha() and len(part) > 1 and '"' not in part] == [
        "one",
        "M.two",
        "three",
        "f.o.ur",
        "five",
    ]


def test_line_ends_and_a_byte_order_mark_are_nothing() -> None:
    unix = b'module M {\n  a = """\n    x\n    y\n  """\n}\n'
    for data in (unix.replace(b"\n", b"\r\n"), unix.replace(b"\n", b"\r"), b"\xef\xbb\xbf" + unix):
        assert parse_file("a", data, Collector()) == parse_file("a", unix, Collector())


def test_the_order_of_files_is_their_names() -> None:
    files = [("b", b"module B { }"), ("a", b"module A { } scenario s { } module B { }")]
    tree, texts = parse_program(files, Collector())
    backwards, _ = parse_program(files[::-1], Collector())
    assert tree == backwards
    assert [(block.name, block.span.file) for block in tree.modules] == [
        ("A", "a"),
        ("B", "a"),
        ("B", "b"),
    ]
    assert texts == {"a": files[1][1].decode(), "b": files[0][1].decode()}


def test_an_empty_program_is_a_program() -> None:
    assert parse_program([], Collector())[0] == Ast((), (), ())
    assert parse_program([("a", b"# nothing\n")], Collector())[0] == Ast((), (), ())


def test_real_recipes_are_read_and_stored() -> None:
    collector = Collector()
    files = [(path.name, path.read_bytes()) for path in sorted(CORPUS.glob("*.pcl"))]
    tree, _ = parse_program(files, collector)
    assert collector.sorted() == ()
    assert len(tree.modules) == len(files) == 60
    assert all(block.whole and block.members for block in tree.modules)
    assert loads(Ast, dumps(tree)) == tree


@pytest.mark.parametrize("word", sorted(set(tables.WORDS) - {"true", "false"}))
def test_every_word_may_be_a_name_of_anything(word: str) -> None:
    tree = read(
        f"module {word} {{ option {word} : {{ {word}: Int }} }}"
        f"scenario {word} {{ {word}.{word} = force {{ {word} = 1 }} }}"
        f"module {word} {{ x = A.{word}.{word} }}"
    )
    assert [block.name for block in tree.modules] == [word, word]
    assert [block.name for block in tree.scenarios] == [word]
