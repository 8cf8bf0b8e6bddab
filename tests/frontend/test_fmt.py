"""Layout: what each construct looks like, and what is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from punix.frontend.fmt.fmt import format_file
from punix.ir.diagnostics import Collector

DATA = Path(__file__).parent.parent / "data"


def laid_out(text: str) -> str:
    found = Collector()
    after = format_file("a.pcl", text.encode(), found).after
    assert found.sorted() == ()
    assert after is not None
    return after


def test_everything_in_one_file(golden: Callable[[str, str], None]) -> None:
    text = (DATA / "layout" / "everything.pcl").read_text(encoding="utf-8")
    golden("fmt/everything.pcl", laid_out(text))


RECIPES = sorted((DATA / "corpus").glob("*.pcl"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_recipes_are_laid_out_already(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wide = {"bwa-mem2"}  # holds a list of more than 100 columns
    assert (laid_out(text) == text) is (path.stem not in wide)


MEMBERS = [
    ("a=1", "a = 1"),
    ("a = 1 ;", "a = 1"),
    ("a = [1,2,]", "a = [1, 2]"),
    ("a = [ ]", "a = []"),
    ("a = {\n }", "a = {}"),
    ("a = {b=1;c=2,}", "a = { b = 1 c = 2 }"),
    ("a = {b=1\n}", "a = {\n    b = 1\n  }"),
    ("a = [1,\n\n\n2]", "a = [\n    1,\n\n    2\n  ]"),
    ("a = [{b=1\n}]", "a = [{\n    b = 1\n  }]"),
    ("a = [{b=1}\n]", "a = [\n    { b = 1 }\n  ]"),
    ("a = [\n{b=1\n}]", "a = [\n    {\n      b = 1\n    }\n  ]"),
    ("a = [[{b=1\n},]]", "a = [[{\n    b = 1\n  }]]"),
    ("a = (force)", "a = (force)"),
    ("X . a = force(1)", "X.a = force (1)"),
    ("X.a = (force )", "X.a = (force)"),
    ("a\n=\n007", "a = 007"),
    (r'a = "\u{e9}\t"', r'a = "\u{e9}\t"'),
    ("option a:Str", "option a : Str"),
    ('option a:Str="b"', 'option a : Str = "b"'),
    ("option a : List [ { b :Int;c: Str } ]", "option a : List[{ b: Int c: Str }]"),
    ('option a : "b"|"c"', 'option a : "b" | "c"'),
    ('option a : "b"\n|"c"', 'option a : "b"\n    | "c"'),
    ("option option : Int option=1", "option option : Int\n  option = 1"),
    ("a = if b then 1 else\n2", "a = if b then 1 else 2"),
    (
        "a = if b then 1\nelse if c\nthen 2\n\nelse 3",
        "a = if b then 1\n    else if c\n    then 2\n    else 3",
    ),
    ("a = if b then [\n1] \nelse {}", "a = if b then [\n    1\n  ] else {}"),
    ("a = then b = else", "a = then\n  b = else"),
    (
        "a = for x in l where\nx.y=1\nand x.z=(2) yield\ndistinct{k=x.y}",
        "a = for x in l where x.y = 1\n    and x.z = (2) yield distinct { k = x.y }",
    ),
    ('a = """b\n  c"""', 'a = """b\n  c"""'),
    ('a = """\nb\n  c"""', 'a = """\n    b\n      c"""'),
    ('a = """\n b\n\n  c\n      """', 'a = """\n    b\n\n     c\n    """'),
    ('a = """\n  b\n """', 'a = """\n     b\n    """'),
    ('a = """\n"""', 'a = """\n"""'),
    ('a = [f"""\n{b}\n"""]', 'a = [\n    f"""\n      {b}\n      """\n  ]'),
]

COMMENTS = [
    ("# a\na = 1", "# a\n  a = 1"),
    ("a = 1#b", "a = 1  #b"),
    ("a = 1 ; # b \t\nc = 2", "a = 1  # b\n  c = 2"),
    ("a = 1\n; # b\nc = 2", "a = 1\n  # b\n  c = 2"),
    ("a = # b\n1", "a =  # b\n    1"),
    ("a =\n# b\n1", "a =\n    # b\n    1"),
    ("a = [ # b\n]", "a = [  # b\n  ]"),
    ("a = [\n# b\n\n\n# c\n\n]", "a = [\n    # b\n\n    # c\n  ]"),
    ("a = [1 # b\n,2 # c\n]", "a = [\n    1,  # b\n    2  # c\n  ]"),
    ("a = [1,\n# b\n2\n# c\n]", "a = [\n    1,\n    # b\n    2\n    # c\n  ]"),
    ("a = [{b=1} # c\n]", "a = [\n    { b = 1 }  # c\n  ]"),
    ("a = [# c\n{b=1}]", "a = [  # c\n    { b = 1 }\n  ]"),
    ("a = if b then {\nc=1} # d\nelse {}", "a = if b then {\n    c = 1\n  }  # d\n    else {}"),
    ("a = (1 # b\n)", "a = (1  # b\n    )"),
    ("a . # b\nc = 1", "a.  # b\n    c = 1"),
    ("a = 1\n# b", "a = 1\n  # b"),
    ('a = "# b" # c', 'a = "# b"  # c'),
]


def in_module(member: str) -> str:
    return f"module M {{\n  {member}\n}}\n"


@pytest.mark.parametrize(("before", "after"), [*MEMBERS, *COMMENTS])
def test_a_member(before: str, after: str) -> None:
    assert laid_out(in_module(before)) == in_module(after)
    assert laid_out(in_module(after)) == in_module(after)


FILES = [
    ("", ""),
    (" \n\n", ""),
    ("# a", "# a\n"),
    ("\n\n# a\n\n\n# b\n\n", "# a\n\n# b\n"),
    ("\ufeffmodule A{}\r\n\rmodule B{ }", "module A {}\n\nmodule B {}\n"),
    ("module A{}module B{}", "module A {}\nmodule B {}\n"),
    ("module A{a=1}# a\n# b\n", "module A {\n  a = 1\n}  # a\n# b\n"),
    ("module A{\n\n\na=1\n\n\nb=2\n\n}", "module A {\n  a = 1\n\n  b = 2\n}\n"),
    ("module A { # a\n}", "module A {  # a\n}\n"),
    ("scenario s{A.a=default 1}", "scenario s {\n  A.a = default 1\n}\n"),
    ("\n# a\nmodule # b\nA{}", "# a\nmodule  # b\n  A {}\n"),
]


@pytest.mark.parametrize(("before", "after"), FILES)
def test_a_file(before: str, after: str) -> None:
    assert laid_out(before) == after
    assert laid_out(after) == after


def test_a_line_holds_100_columns() -> None:
    for size in (87, 88):
        member = f'a = ["{"x" * size}", b]'
        broken = f'a = [\n    "{"x" * size}",\n    b\n  ]'
        assert laid_out(in_module(member)) == in_module(member if size == 87 else broken)


def test_what_follows_a_list_counts() -> None:
    fits = f'a = if ["{"x" * 72}"] then b else c'
    assert laid_out(in_module(fits)) == in_module(fits)
    assert "[\n" in laid_out(in_module(fits.replace("else c", "else ccccccccccc")))


def test_what_is_not_pcl_is_left_alone_and_said() -> None:
    found = Collector()
    source, before, after = format_file("a.pcl", b"module A {\r\n  x = $\n}", found)
    assert (source.lines, before, after) == ((0, 11, 19), "module A {\n  x = $\n}", None)
    assert [str(mistake.code) for mistake in found.sorted()] == ["E0"]


def test_other_mistakes_do_not_matter() -> None:
    assert laid_out("module A{option a:Strr}") == "module A {\n  option a : Strr\n}\n"
