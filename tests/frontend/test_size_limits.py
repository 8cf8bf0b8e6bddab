"""Small programs with huge or endless-looking values: one located error, and soon."""

import pytest
from vocabulary import check_scenarios, check_text

from punix.frontend.typecheck.size_limits import MAX_SIZE, PART, Measures
from punix.ir.depth import MAX_NESTING
from punix.ir.diagnostics import Code
from punix.ir.span import Span
from punix.ir.value import IntValue, ListValue, TextValue, Value

NOWHERE = Span("", 0, 0)
CHAIN = 2_000


def chain(first: str, rest: str, length: int) -> str:
    """A module in which each member is made of the one before."""
    lines = [
        f"m0 = {first}",
        *(f"m{n} = {rest.replace('M', f'm{n - 1}')}" for n in range(1, length)),
    ]
    return "module A {\n" + "\n".join(lines) + "\n}\n"


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        ('"xx"', 'f"{M}{M}"'),
        ("[1]", "[M, M]"),
        ("1", "{ a = M b = M }"),
        ("[{ a = 1 }]", "for x in [{ b = 1 }, { b = 2 }] yield M"),
    ],
)
def test_what_doubles_with_each_line_is_refused_once(first: str, rest: str) -> None:
    checked = check_text(chain(first, rest, 60))
    assert [found.code for found in checked.diagnostics] == [Code.E1]
    assert "too large" in checked.diagnostics[0].message


@pytest.mark.parametrize("rest", ["[M]", "{ a = M }", "for x in [{ b = 1 }] yield M"])
def test_a_chain_of_nested_values_is_refused_once(rest: str) -> None:
    checked = check_text(chain("1", rest, CHAIN))
    assert [found.code for found in checked.diagnostics] == [Code.E1]
    assert "nested too deep" in checked.diagnostics[0].message
    assert checked.diagnostics[0].span is not None
    line = checked.sources[0].place(checked.diagnostics[0].span.start).line
    assert line == 2 + MAX_NESTING + 1, "the first value with one level too many"


def test_a_value_may_nest_as_deep_as_a_literal() -> None:
    assert check_text(chain("1", "[M]", MAX_NESTING + 1)).program is not None


def test_values_nest_where_types_do_not_tell() -> None:
    """A list of a package's `meta` may be mixed, so its type says nothing of its depth."""
    before = ["1", *(f"P{n}.meta" for n in range(CHAIN))]
    head = 'recipe = "std.shell" recipeArgs = { command = "" }'
    packages = (f'module P{n} {{ {head} meta = ["", {one}] }}\n' for n, one in enumerate(before))
    checked = check_text("".join(packages))
    assert [found.code for found in checked.diagnostics] == [Code.E1]
    assert "nested too deep" in checked.diagnostics[0].message


def test_loops_in_loops_are_bounded_whatever_is_left_of_them() -> None:
    ten = "[" + ", ".join(f"{{ a = {n} }}" for n in range(10)) + "]"
    loops = " yield distinct ".join(f"for x{n} in {ten}" for n in range(12))
    long = "x" * 10_000
    checked = check_text(f'module A {{ x = {loops} yield f"{long}{{x0.a}}" }}')
    assert [found.code for found in checked.diagnostics] == [Code.E1]
    assert "too large" in checked.diagnostics[0].message


def test_a_scenario_may_mend_what_the_base_makes_too_large() -> None:
    text = chain('"xx"', 'f"{M}{M}"', 30).replace("m0 = ", "option m0 : Str = ")
    found = check_scenarios(text + 'scenario small { A.m0 = "" }').diagnostics
    assert [one.code for one in found] == [Code.E1]
    assert "in scenario" not in found[0].message


def test_a_shared_part_counts_each_time_and_is_measured_once() -> None:
    measures = Measures()
    value: Value = ListValue((IntValue(1, NOWHERE), TextValue(("abc",), NOWHERE)), NOWHERE)
    assert measures.of(value) == (3 * PART + 3, 1)
    for _ in range(100):
        value = ListValue((value, value), NOWHERE)
    size, depth = measures.of(value)
    assert size > MAX_SIZE**3 and depth == 101
