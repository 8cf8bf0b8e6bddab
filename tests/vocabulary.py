"""What test programs may name: the recipes of punix, and open ones for those it has not."""

from punix.frontend.check import Checked, Vocabulary, check, check_each
from punix.frontend.parse import parse_program
from punix.ir.diagnostics import Collector, render
from punix.ir.schema.shape import AnyShape, FieldSpec, Schema
from punix.recipes.registry import RECIPES

NAMES = (
    "shell autotools make cmake meson cargo go npm swift "
    "python_wheel python_venv ruby_gem copy_tree binary"
)
ARGUMENTS = (
    "cmake_flags configure_flags make_flags meson_flags build_dir build_type env make_target "
    "pre_build pre_configure post_install src_dir"
)
OPEN = {
    f"std.{name}": Schema(
        f"std.{name}", "", tuple(FieldSpec(label, AnyShape(), "") for label in ARGUMENTS.split())
    )
    for name in NAMES.split()
}
VOCABULARY = Vocabulary(
    {**OPEN, **{name: recipe.arguments for name, recipe in RECIPES.items()}},
    frozenset({"launchd", "systemd"}),
)


def check_text(text: str, scenario: str | None = None, *, name: str = "a.pcl") -> Checked:
    """Check a program of one file: the base, or that with a scenario."""
    return check([(name, text.encode())], VOCABULARY, scenario)


def check_scenarios(text: str) -> Checked:
    """Check the base of a program of one file and each of its scenarios; give the base."""
    collector = Collector()
    ast, texts = parse_program([("a.pcl", text.encode())], collector)
    base = dict(check_each(ast, VOCABULARY, collector)).get(None)
    program = None if collector.failed else base
    return Checked(program, base, texts, ast.sources, collector.sorted())


def errors(checked: Checked) -> list[str]:
    """Write diagnostics without excerpts."""
    return render(checked.diagnostics, checked.sources)
