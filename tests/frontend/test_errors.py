"""What the frontend finds, beside the lines that cause it, in tests/data/errors."""

from pathlib import Path

import pytest
from expected import FOLDER, assert_expected, programs
from vocabulary import check_scenarios, check_text


@pytest.mark.parametrize("text", programs(FOLDER))
def test_errors_are_those_that_stand_beside_their_lines(text: str) -> None:
    checked = check_scenarios(text)
    assert_expected(text, checked.diagnostics, checked.sources)


def test_the_tutorials_slip_has_one_error_and_a_hint() -> None:
    path = Path(__file__).parent.parent.parent / "examples" / "hello" / "hello.pcl"
    text = path.read_text(encoding="utf-8").replace("  recipe =", "  recpie =")
    found = check_text(text, name="hello.pcl").diagnostics
    assert [(str(one.code), one.message, one.hint) for one in found] == [
        ("E1", "unknown field 'recpie' on module 'Hello'", "did you mean 'recipe'?")
    ]
