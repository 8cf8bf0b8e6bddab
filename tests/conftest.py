"""What all tests share: golden files and the switch that refreshes them."""

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against tests/golden/NAME; show a unified diff where they differ."""

    def check(name: str, actual: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--refresh-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8")
        wanted = path.read_text(encoding="utf-8") if path.exists() else ""
        if actual != wanted:
            lines = difflib.unified_diff(
                wanted.splitlines(), actual.splitlines(), f"golden/{name}", "actual", lineterm=""
            )
            pytest.fail("\n".join(lines), pytrace=False)

    return check
