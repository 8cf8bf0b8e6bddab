"""docs/recipes.md has each recipe with its arguments as the schemas have them."""

from pathlib import Path

import pytest

from punix.ir.schema import CONFIG_FILE, PACKAGE, SERVICE, STACK
from punix.ir.shape import BoolShape, FieldSpec, MapShape, Schema, TextShape
from punix.recipes.fields import ENV, HOOKS, LINES, SRC_DIR, WORDS
from punix.recipes.registry import RECIPES

ROOT = Path(__file__).parent.parent
COMMON = [SRC_DIR.name, ENV.name, *(hook.name for hook in HOOKS)]
HEAD = "| argument | takes | default | meaning |\n|---|---|---|---|\n"


def takes(spec: FieldSpec) -> str:
    shape = spec.shape
    if shape == WORDS:
        return "words"
    if shape == LINES:
        return "shell text"
    if isinstance(shape, BoolShape):
        return "Bool"
    if isinstance(shape, TextShape):
        return "package" if shape.names == "dependency" else "Str"
    if isinstance(shape, MapShape):
        return "record of Str"
    return "packages" if spec.name.endswith("_deps") else "list of records"


def default(spec: FieldSpec) -> str:
    if spec.required:
        return "required"
    if isinstance(spec.default, bool):
        return f"`{str(spec.default).lower()}`"
    return f'`"{spec.default}"`' if spec.default else ""


def row(spec: FieldSpec) -> str:
    return f"| `{spec.name}` | {takes(spec)} | {default(spec)} | {spec.doc} |\n"


def table(specs: list[FieldSpec]) -> str:
    return HEAD + "".join(map(row, specs)) if specs else ""


def test_each_recipe_has_its_table() -> None:
    page = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
    rest = page.split("## Arguments of most recipes\n", 1)[1]
    expected = "\n" + table([SRC_DIR, ENV, *HOOKS])
    for name, recipe in sorted(RECIPES.items()):
        own = [spec for spec in recipe.arguments.fields if spec.name not in COMMON]
        expected += f"\n## {name}\n\n{recipe.doc}\n\n{table(own)}"
    assert rest == expected


@pytest.mark.parametrize("schema", [PACKAGE, STACK, SERVICE, CONFIG_FILE])
def test_each_field_is_in_the_language_page(schema: Schema) -> None:
    page = (ROOT / "docs/language.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    named = " ".join(line.split(" | ")[0] for line in rows)
    assert [spec.name for spec in schema.fields if f"`{spec.name}`" not in named] == []
