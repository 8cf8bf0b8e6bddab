"""docs/errors.md has a row for each code that punix can say, and no other."""

import re
from pathlib import Path

from punix.ir.diagnostics import MEANINGS, Code

ROOT = Path(__file__).parent.parent
STAGES = ("frontend", "passes", "backends", "recipes", "runtime", "cli", "ir")
TABLE = ROOT / "ir/diagnostics.py"
ROW = re.compile(r"^\| (E[0-9]+) \| (.+?) \| .+ \| .+ \|$", re.MULTILINE)


def in_use() -> set[Code]:
    """Return the codes that some line of the program mentions."""
    files = [path for stage in STAGES for path in (ROOT / stage).rglob("*.py") if path != TABLE]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return {Code(name) for name in re.findall(r"\bCode\.(E[0-9]+)\b", text)}


def test_the_page_has_each_code_in_use_with_its_meaning() -> None:
    rows = ROW.findall((ROOT / "docs/errors.md").read_text(encoding="utf-8"))
    assert [name for name, _ in rows] == [str(code) for code in Code if code in in_use()]
    assert dict(rows) == {code: MEANINGS[code] for code in in_use()}


def test_each_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Code)
