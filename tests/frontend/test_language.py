"""The language, sentence by sentence, in tests/data/language: one file for each part.

A comment says the sentence, the program below it shows it. Errors are expected as in
tests/expected.py; `#= value` at the end of a line is what the member on it comes to, as
PCL writes it, and `#= value in NAME` what it comes to with a scenario.
"""

import re
from pathlib import Path

import pytest
from expected import assert_expected, programs
from vocabulary import check_scenarios, check_text

from punix.ir.pcl_text import pcl_text
from punix.ir.span import by_name, locate

FOLDER = Path(__file__).parent.parent / "data" / "language"
COMES_TO = re.compile(r"#= (.*?)(?: in (\w+))?\s*(?=#=|$)")


@pytest.mark.parametrize("text", programs(FOLDER))
def test_a_sentence_holds(text: str) -> None:
    checked = check_scenarios(text)
    assert_expected(text, checked.diagnostics, checked.sources)
    for number, line in enumerate(text.split("\n"), 1):
        for wanted, scenario in COMES_TO.findall(line):
            assert values(text, scenario or None)[number] == wanted


def values(text: str, scenario: str | None) -> dict[int, str]:
    """Map each line that declares a member to what the member comes to."""
    checked = check_text(text, scenario)
    assert checked.program is not None
    table = by_name(checked.sources)
    return {
        locate(member.span, table).line: pcl_text(member.value)
        for module in checked.program.modules
        for member in module.members
    }
