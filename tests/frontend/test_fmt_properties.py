"""Whatever a program looks like: its meaning and comments stay, and the result is final."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vocabulary import check_text

from examples import tried
from punix.frontend.fmt.fmt import format_file
from punix.frontend.parse import parse_file
from punix.frontend.syntax import tables
from punix.frontend.syntax.lexer import tokenize
from punix.ir.depth import MAX_NESTING, deep
from punix.ir.diagnostics import Collector, render

ROOT = Path(__file__).parents[2]
PROGRAMS = [
    path.read_text(encoding="utf-8")
    for folder in ("tests/data/corpus", "tests/data/layout", "examples")
    for path in sorted((ROOT / folder).rglob("*.pcl"))
] + [
    text
    for path in sorted((ROOT / "tests/data/errors").glob("*.pcl"))
    for text in path.read_text(encoding="utf-8").split("\n---\n")
]
SEPARATORS = (tables.COMMA, tables.SEMICOLON)

Blocks = tuple[tuple[object, ...], tuple[object, ...]]


def parsed(text: str) -> Blocks:
    modules, scenarios, _, _ = parse_file("a.pcl", text.encode(), Collector())
    return modules, scenarios


def laid_out(text: str) -> str | None:
    return format_file("a.pcl", text.encode(), Collector()).after


def comments(text: str) -> list[tuple[str, bool, int]]:
    """Each comment, whether it stands behind a token, and how many tokens stand before it."""
    found, before, count, ends_with = [], 0, 0, "\n"
    tokens = tokenize(text)
    for kind, (start, end) in [
        *zip(tokens.kinds, tokens.spans, strict=True),
        (0, (len(text), len(text))),
    ]:
        for part in re.findall(r"#[^\n]*|\n", text[before:start]):
            if part == "\n":
                ends_with = "\n"
            else:
                found.append((part.rstrip(" \t"), ends_with == "", count))
        before = end
        if kind not in SEPARATORS:
            count, ends_with = count + 1, ""
    return found


def hold(text: str) -> None:
    """Assert all that layout promises of one file."""
    after = laid_out(text)
    if after is None:
        found = Collector()
        parse_file("a.pcl", text.encode(), found)
        assert "[E0]" in "".join(render(found.sorted()))
        return
    assert parsed(after) == parsed(text)
    assert comments(after) == comments(text)
    assert laid_out(after) == after
    assert after == "" or (after.endswith("\n") and not after.startswith("\n"))
    rows = re.sub(r'"""(?:[^"]|"(?!""))*"""|#.*', "_", after)
    assert re.search(r"[ \t]\n|\n\n\n|\{\n\n|\[\n\n|\n\n *[\]}]", rows) is None
    assert tables.SEMICOLON not in tokenize(after).kinds


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs_as_they_are(text: str) -> None:
    hold(text)


@st.composite
def scrambled(draw: st.DrawFn, text: str) -> str:
    """Lay a text out anew at random, with comments, and separators where they are allowed."""
    chance = draw(st.randoms(use_true_random=False))
    dense = draw(st.sampled_from((0.02, 0.2, 0.6)))
    tokens = tokenize(text)
    pieces: list[str] = []
    for number, (start, end) in enumerate(tokens.spans):
        gap = " "
        if chance.random() < dense:
            gap = chance.choice(("\n", "\n\n \n", "\t", "  \n  ", " # {}\n", '\n#{} \n\n# "{{\n'))
        pieces += [gap.format(number), text[start:end]]
    return "".join(pieces) + draw(st.sampled_from(("", "\n", " # end", "\n\n\n# end\n")))


@given(st.sampled_from(PROGRAMS).flatmap(scrambled))
def test_programs_in_any_layout(text: str) -> None:
    hold(text)


NAMES = st.sampled_from(("a", "b-1", "then", "else", "module", "option", "force", "in", "yield"))
STRINGS = st.sampled_from(
    (
        '"x"',
        '"#"',
        '"""r"""',
        '"""\n  r\n    s\n\n  """',
        'f"""\n{a}\n   # b"""',
        'f"{a}"',
        '"""\n"""',
    )
)
LONG = st.integers(20, 90).map(lambda size: f'"{"y" * size}"')
REFERENCES = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
ATOMS = st.one_of(st.sampled_from(("1", "-007", "true", "[]", "{}")), STRINGS, LONG, REFERENCES)


def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions around expressions; a separator stands wherever one may."""
    fields = st.lists(st.tuples(NAMES, inner), max_size=3, unique_by=lambda field: field[0])
    atom = st.one_of(ATOMS, inner.map(lambda text: f"({text})"))
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, min_size=1, max_size=2).map(lambda items: f"[{', '.join(items)}, ]"),
        fields.map(lambda pairs: "{" + "".join(f"{k} = {v};" for k, v in pairs) + "}"),
        inner.map(lambda text: f"({text})"),
        st.tuples(atom, atom, atom, atom, atom).map(
            lambda five: "if {} then {} else if {} then {} else {}".format(*five)
        ),
        st.tuples(REFERENCES, atom, atom).map(
            lambda three: "for x in {} where x.a = {} and x.b = 1 yield distinct {}".format(*three)
        ),
    )


EXPRESSIONS = st.recursive(ATOMS, wider, max_leaves=8)
MEMBERS = st.one_of(
    st.tuples(NAMES, EXPRESSIONS).map(lambda pair: f"{pair[0]} = ({pair[1]});"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda pair: f"{pair[0]} = {pair[1]},"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda pair: f"X.{pair[0]} = force {pair[1]}"),
    st.tuples(NAMES, EXPRESSIONS).map(
        lambda pair: f'option {pair[0]} : List[{{a: Str; b: "c" | "d"}}] = {pair[1]}'
    ),
)


@tried(60)
@given(
    st.lists(MEMBERS, max_size=4)
    .map(lambda all_: f"module M {{ {' '.join(all_)} }}")
    .flatmap(scrambled)
)
def test_generated_programs_in_any_layout(text: str) -> None:
    hold(text)


@pytest.mark.parametrize("text", PROGRAMS[:40:4])
def test_values_and_digests_stay(text: str) -> None:
    after = laid_out(re.sub(r"\n +", "\n\t", text))
    assert after is not None
    before = check_text(text)
    assert check_text(after).program == before.program
    assert len(check_text(after).diagnostics) == len(before.diagnostics)


NESTS = {
    "lists": ("[", "1", "]"),
    "rows": ("[\n", "1", "]"),
    "records": ("{a=", "1", "\n}"),
    "groups": ("(", "1", "\n)"),
    "wide": ("[", f'"{"x" * 200}"', "]"),
    "mixed": ("[0,[", "1", "]]"),
}


@pytest.mark.parametrize("kind", NESTS)
def test_the_deepest_nesting(kind: str) -> None:
    opening, inside, closing = NESTS[kind]
    times = MAX_NESTING // opening.count("[") if kind == "mixed" else MAX_NESTING
    text = f"module A {{ a = {opening * times}{inside}{closing * times} }}"
    with deep():
        hold(text)
    assert laid_out(text) is not None


def test_many_items_and_many_modules() -> None:
    items = ",".join(f'"{number}"' for number in range(100_000))
    assert (laid_out(f"module A {{ a = [{items}] }}") or "").count("\n") == 100_004
    modules = "".join(f"module M{number}{{a={{b=1,}}}}" for number in range(10_000))
    assert (laid_out(modules) or "").count("{ b = 1 }\n}\n") == 10_000
