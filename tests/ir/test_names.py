"""Names and other texts that follow a rule."""

import pytest

from punix.ir import addresses, health, names, times
from punix.ir.names import BadName, CheckedStr

RULES = sorted(
    {
        rule
        for module in (names, addresses, times, health)
        for rule in vars(module).values()
        if isinstance(rule, type) and issubclass(rule, CheckedStr) and hasattr(rule, "PATTERN")
    },
    key=lambda rule: rule.__name__,
)
PIECES = ("1", "a", "/a", "a.", "1.", "a-", "1:", "~/a", "1 ", "%41", "[1", "..", "=", "1s", "1m ")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("piece", PIECES)
def test_a_rule_answers_for_every_long_text(rule: type[CheckedStr], piece: str) -> None:
    """A rule that can read a text in many ways would try them all, and never answer."""
    text = (piece * 4000)[: rule.LONGEST - 1] + "\x01"
    try:
        assert rule(text) == text
    except BadName as problem:
        assert str(problem)
