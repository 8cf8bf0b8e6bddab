"""Which packages a module reaches, and where it says so."""

import pytest
from evaluated import program


def edges(text: str, module_name: str = "P") -> list[str]:
    found = next(one for one in program(text).modules if one.name == module_name)
    return [str(edge.target) for edge in found.edges]


PACKAGES = "".join(
    f'module {name} {{ recipe = "std.autotools" version = "1" }}' for name in ("Q", "R", "S")
)


@pytest.mark.parametrize(
    ("members", "others", "expected"),
    [
        ("deps = [Q.pname, R.out]", "", ["Q", "R"]),
        ('deps = ["S"]', "", ["S"]),
        ('env = { A = f"{Q.version}" }', "", ["Q"]),
        ("env = { A = D.x }", "module D { x = E.y } module E { y = Q.version }", ["Q"]),
        ("env = { A = if true then Q.out else R.out }", "", ["Q", "R"]),
        ("deps = for x in D.list yield x.d", "module D { list = [{ d = Q.pname }] }", ["Q"]),
        ("meta = { see = Q.version }", "", []),
        ("option version : Str = Q.version", "module D { P.version = R.version }", ["R"]),
        ("option version : Str = Q.version", "", ["Q"]),
        ("env = { A = version } version = Q.version", "", ["Q"]),
        ("env = { A = D.x }", 'module D { x = P.version } module E { P.pname = "p" }', []),
    ],
)
def test_edges(members: str, others: str, expected: list[str]) -> None:
    own = "" if "version" in members else 'version = "1" '
    own += 'option pname : Str = "P" ' if "P.pname" in others else ""
    text = f'module P {{ recipe = "std.autotools" {own}{members} }} {others} {PACKAGES}'
    assert edges(text) == expected


def test_the_contributor_gains_no_edge() -> None:
    text = f"""
    module P {{ recipe = "std.autotools" Q2.version = Q.version }}
    module Q2 {{ recipe = "std.autotools" option version : Str = "1" }} {PACKAGES}
    """
    assert (edges(text), edges(text, "Q2")) == ([], ["Q"])


def test_an_edge_has_the_span_of_its_reference() -> None:
    text = f'module P {{ recipe = "std.autotools" deps = [Q.pname, "R"] }} {PACKAGES}'
    found = program(text).modules[0].edges
    assert [text[edge.span.start : edge.span.end] for edge in found] == ["Q.pname", '"R"']
