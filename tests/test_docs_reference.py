"""docs/reference is what `punix explain --markdown` writes; the language page has every field."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from punix.cli.manual.explain import explain
from punix.ir.codes import Code
from punix.ir.schema.package import PACKAGE
from punix.ir.schema.service import SERVICE
from punix.ir.schema.shape import Schema
from punix.ir.schema.stack import CONFIG_FILE, DATA_FILE, HOST, STACK

ROOT = Path(__file__).parent.parent
STAGES = ("frontend", "passes", "backends", "recipes", "runtime", "cli", "ir")
TABLE = ROOT / "ir/codes.py"


def in_use() -> set[Code]:
    """Return the codes that some line of the program mentions."""
    files = [path for stage in STAGES for path in (ROOT / stage).rglob("*.py") if path != TABLE]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return {Code[name] for name in re.findall(r"\bCode\.(E[0-9]+)\b", text)}


def test_pages_are_fresh(tmp_path: Path) -> None:
    assert CliRunner().invoke(explain, ["--markdown", str(tmp_path)]).exit_code == 0
    kept = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    folder = ROOT / "docs/reference"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == kept


@pytest.mark.parametrize("code", Code)
def test_a_page_says_so_if_nothing_gives_its_code(code: Code) -> None:
    page = (ROOT / f"cli/manual/pages/{code}.md").read_text(encoding="utf-8")
    assert (f"othing says {code} so far" in page) == (code not in in_use())


@pytest.mark.parametrize("schema", [PACKAGE, STACK, SERVICE, CONFIG_FILE, DATA_FILE, HOST])
def test_each_field_is_in_the_language_page(schema: Schema) -> None:
    page = (ROOT / "docs/language.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    named = " ".join(line.split(" | ")[0] for line in rows)
    assert [spec.name for spec in schema.fields if f"`{spec.name}`" not in named] == []
