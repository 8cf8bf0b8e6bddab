"""What `check` does for a scenario: what that changes, and no more."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from punix.cli.compiling.everything import find_everything
from punix.frontend import check
from punix.frontend.evaluation.expressions import Evaluator
from punix.passes.lower.lower import Lower

MEMBERS = 40
PROGRAM = "\n".join(
    [
        "module Base {",
        *(f"  option m{number} : Int = {number}" for number in range(MEMBERS)),
        "}",
        'module Hello { recipe = "std.shell" recipeArgs = { command = f"exit {Base.m7}" } }',
        *(f"scenario S{number} {{ Base.m{number} = 1 }}" for number in range(MEMBERS)),
    ]
)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the calls of what works through a whole program, and of single evaluations."""
    counted: Counter[str] = Counter()

    def count(owner: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(owner, name)

        def counting(*arguments: Any, **named: Any) -> Any:
            counted[name] += 1
            return function(*arguments, **named)

        monkeypatch.setattr(owner, name, counting)

    count(check, "declare")
    count(Evaluator, "value")
    count(Lower, "what_fits")
    return counted


def test_the_base_is_worked_through_once_for_all_scenarios(
    calls: Counter[str], tmp_path: Path
) -> None:
    program = tmp_path / "a.pcl"
    program.write_text(PROGRAM, encoding="utf-8")
    assert find_everything([str(program)], None).diagnostics == ()
    values = MEMBERS + 2 + MEMBERS + 1  # all once, then what each changes: for S7 two of them
    assert calls == {"declare": 1, "value": values, "what_fits": 2}


def test_what_a_scenario_breaks_after_the_frontend_says_so(tmp_path: Path) -> None:
    program = tmp_path / "a.pcl"
    program.write_text(
        """module Base { option folder : Str = "." }
module Hello {
  recipe = "std.shell"
  recipeArgs = { command = "true" }
  source = { type = "local" path = Base.folder }
}
scenario Bad { Base.folder = "nowhere" }
scenario Good { Base.folder = ".." }
scenario Wrong { Base.folder = 1 }
""",
        encoding="utf-8",
    )
    found = find_everything([str(program)], None).diagnostics
    assert [(str(one.code), one.message.rpartition(" (in ")[2]) for one in found] == [
        ("E17", "scenario Bad)"),
        ("E1", "scenario Wrong)"),
    ]


def test_one_scenario_is_looked_at_to_the_end_where_it_is_right(tmp_path: Path) -> None:
    program = tmp_path / "a.pcl"
    program.write_text(
        """module Base { option folder : Path = "/etc/a" option port : Int = 80 }
module Web { backend = "systemd" configFiles = [{ path = Base.folder content = "" }] }
module Api { backend = "systemd" configFiles = [{ path = "/home/a" content = f"{Base.port}" }] }
module Typo { x = y }
scenario Bad { Base.folder = "/home/b" }
scenario Wrong { Base.port = "81" }
""",
        encoding="utf-8",
    )

    def told(scenario: str) -> list[tuple[str, str]]:
        found = find_everything([str(program)], scenario).diagnostics
        return [(str(one.code), one.message.partition("'")[2]) for one in found]

    assert told("Bad") == [
        ("E18", "/home/a'"),
        ("E2", "y' of module 'Typo'"),
        ("E18", "/home/b'"),
    ]
    assert [code for code, _ in told("Wrong")] == ["E2", "E1"]
