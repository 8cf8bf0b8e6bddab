"""What programs come to: values, rungs, scenarios, edges, provenance, scale."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vocabulary import VOCABULARY, check_scenarios, check_text, errors

from punix.frontend.check import check
from punix.frontend.evaluation.composition import rank
from punix.frontend.symbols.declarations import Offer
from punix.ir import codec, dump
from punix.ir.ast import IntLiteral
from punix.ir.program import Program
from punix.ir.span import Span
from punix.ir.text import Out, Secret
from punix.ir.value import IntValue, ListValue, RecordValue, TextValue, Value

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "tests" / "data" / "corpus"


def program(text: str, scenario: str | None = None) -> Program:
    checked = check_text(text, scenario)
    assert checked.program is not None, errors(checked)
    return checked.program


def value(text: str, key: str, scenario: str | None = None) -> object:
    """Evaluate `Module.member` of a program and give it as Python would write it."""
    module_name, member = key.split(".")
    found = next(one for one in program(text, scenario).modules if one.name == module_name)
    evaluated = found.get(member)
    assert evaluated is not None
    return plain(evaluated)


def plain(evaluated: Value) -> object:
    if isinstance(evaluated, ListValue):
        return [plain(item) for item in evaluated.items]
    if isinstance(evaluated, RecordValue):
        return {str(field.label): plain(field.value) for field in evaluated.fields}
    if isinstance(evaluated, TextValue):
        texts = [part if isinstance(part, str) else repr(part) for part in evaluated.text]
        return "".join(texts)
    assert not hasattr(evaluated, "host")
    return evaluated.value


def edges(text: str, module_name: str = "P") -> list[str]:
    found = next(one for one in program(text).modules if one.name == module_name)
    return [str(edge.target) for edge in found.edges]


# Values --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ('f"{port}-{A.name}"', "8080-web"),
        ('if flag then "on" else name', "on"),
        ('if other then "on" else if flag then "second" else "off"', "second"),
        ("for x in list yield x.n", [10, 10, 9]),
        ("for x in list yield distinct x.n", [10, 9]),
        ('for x in list where x.k = "a" and x.n = 9 yield f"{x.k}{x.n}{port}"', ["a98080"]),
        ("for x in list where x.n = 9 yield x", [{"k": "a", "n": 9}]),
        ('for x in list where x.n = 9 yield for y in list where y.k = "b" yield f"{x.n}{y.n}"',
         [["910"]]),
        ("for x in [] yield x.n", []),
        ("A.record.inner.deep", "found"),
        ("{ b = 1 a = [] }", {"a": [], "b": 1}),
        ('""', ""),
        ('["é", "z"]', ["é", "z"]),
        ('for x in [{ s = "é" }, { s = "z" }] yield x.s', ["é", "z"]),
    ],
)  # fmt: skip
def test_expressions(expr: str, expected: object) -> None:
    text = f"""
    module A {{
      option port : Int = 8080
      name = "web"
      flag = true
      other = false
      list = [{{ k = "a" n = 9 }}, {{ k = "b" n = 10 }}, {{ k = "a" n = 10 }}]
      record = {{ inner = {{ deep = "found" }} }}
      x = {expr}
    }}"""
    assert value(text, "A.x") == expected


def test_results_of_for_are_sorted_by_their_ascii_json() -> None:
    words = ["é", "z", "~", "Z", "10", "9", "\\"]
    records = ", ".join(f"{{ s = {json.dumps(word, ensure_ascii=False)} }}" for word in words)
    text = f"module A {{ x = for w in [{records}] yield w.s }}"
    found = value(text, "A.x")
    assert isinstance(found, list)
    assert found == sorted(found, key=json.dumps)


def test_secrets_and_store_paths_stay_symbolic() -> None:
    text = """
    module P { recipe = "std.autotools" env = { A = f"{Q.out}/bin" } }
    module Q { recipe = "std.autotools" }
    module D { key = { from_env = "DB_PWD" } copy = key name = Q.pname own = R.out }
    module R { out = "declared" }
    """
    modules = {str(module.name): module for module in program(text).modules}
    env = modules["P"].get("env")
    assert isinstance(env, RecordValue)
    assert isinstance(env.fields[0].value, TextValue)
    assert env.fields[0].value.text == (Out(modules["Q"].name), "/bin")
    copy = modules["D"].get("copy")
    assert isinstance(copy, TextValue)
    assert copy.text == (Secret("from_env", "DB_PWD"),)
    assert value(text, "D.name") == "Q"
    assert value(text, "D.own") == "declared"
    assert modules["Q"].get("pname") is None


def test_an_overridden_default_is_neither_evaluated_nor_constrained() -> None:
    text = """
    module A { option x : Int = y option y : Int = x option p : Path = "" }
    module B { A.x = 1 A.p = "/a" }
    """
    assert (value(text, "A.y"), value(text, "A.p")) == (1, "/a")


# Composition ---------------------------------------------------------------

LADDER = ["A.x = default 1", "A.x = 2", "A.x = force 3"]


@pytest.mark.parametrize("count", range(4))
def test_the_highest_rung_wins_wherever_it_stands(count: int) -> None:
    for lines in itertools.permutations(LADDER[:count]):
        modules = "".join(f"module B{at} {{ {line} }}" for at, line in enumerate(lines))
        assert value(modules + "module A { option x : Int = 0 }", "A.x") == count


def test_names_in_contributions_mean_the_contributor_and_in_scenarios_the_target() -> None:
    text = """
    module A { option x : Str = "" name = "target" }
    module B { A.x = name name = "contributor" }
    scenario s { A.x = force name }
    """
    assert value(text, "A.x") == "contributor"
    assert value(text, "A.x", "s") == "target"


def test_a_scenario_changes_what_refers_to_what_it_changes() -> None:
    text = """
    module A { option x : Int = 1 y = f"{x}" }
    module B { z = [A.y] other = "same" }
    scenario s { A.x = 2 }
    scenario t { A.x = 3 }
    """
    assert [value(text, "B.z", scenario) for scenario in (None, "s", "t")] == [["1"], ["2"], ["3"]]
    assert program(text, "s").scenario == "s"


def test_a_required_option_that_a_scenario_fills() -> None:
    text = "module A { option x : Int y = x } scenario s { A.x = 1 } scenario t { }"
    warned = check_scenarios(text)
    assert not warned.failed
    assert warned.program is None
    assert value(text, "A.y", "s") == 1
    needed = check_text(text)
    assert [str(found.code) for found in needed.diagnostics] == ["E3"]
    filled = check_text(text, "s")
    assert not filled.diagnostics
    assert filled.program is not None
    assert [str(one.code) for one in check_text(text, "t").diagnostics] == ["E3"]


def test_only_the_wanted_scenario_is_looked_at() -> None:
    text = 'module A { option x : Int = 1 } scenario s { A.x = 2 } scenario t { A.x = "" B.y = 1 }'
    assert check_scenarios(text).failed
    assert not check_text(text, "s").diagnostics
    assert not check_text(text).diagnostics


def test_an_unknown_scenario_has_a_hint() -> None:
    found = check_text("module A { } scenario production { }", "produktion").diagnostics
    assert [(str(one.code), one.hint) for one in found] == [("E2", "did you mean 'production'?")]


def test_provenance_names_winner_agreed_and_overridden() -> None:
    text = """
    module A { option x : Int = 1 }
    module B { A.x = 2 }
    module C { A.x = 2 }
    module D { A.x = default 3 }
    """
    (member,) = program(text).modules[0].members
    assert (member.winner.module, member.winner.rung) == ("B", "plain")
    assert [site.module for site in member.agreed] == ["C"]
    assert [(site.origin, site.module) for site in member.overridden] == [
        ("option", "A"),
        ("contribution", "D"),
    ]
    assert isinstance(member.value, IntValue)


heights = st.integers(0, 3)
offers = st.lists(st.tuples(heights, st.integers(0, 5)), max_size=6).map(
    lambda pairs: [
        Offer("contribution", "plain", precedence, "A", "A", IntLiteral(at, span), span, ())
        for precedence, at in dict.fromkeys(pairs)
        for span in [Span("a.pcl", precedence * 10 + at, 99)]
    ]
)


@given(offers, offers, st.randoms())
def test_composition_is_a_fold_over_sets(
    left: list[Offer], right: list[Offer], shuffler: object
) -> None:
    whole = rank(left + right)
    assert rank(right + left) == whole
    assert rank(left + left) == rank(left)
    step = rank(left)
    assert rank([*step.overridden, *step.winning, *right]) == whole
    assert rank([*rank([*left, *right]).winning]).winning == whole.winning


# Edges ---------------------------------------------------------------------

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


# Files, golden, corpus, scale ------------------------------------------------


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
