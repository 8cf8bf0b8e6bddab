"""What members come to: of expressions, of several offers, with scenarios."""

import itertools
import json

import pytest
from evaluated import program, value
from vocabulary import check_scenarios, check_text

from punix.ir.text import Out, Secret
from punix.ir.value import IntValue, RecordValue, TextValue

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
