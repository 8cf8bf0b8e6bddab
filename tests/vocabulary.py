"""What test programs may name: the recipes of punix, and open ones for those it has not."""

from punix.frontend.check import Checked, Vocabulary, check
from punix.ir.diagnostics import render
from punix.ir.shape import AnyShape, FieldSpec, Schema
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


def check_text(
    text: str, scenario: str | None = None, *, every_scenario: bool = True, name: str = "a.pcl"
) -> Checked:
    """Check a program of one file."""
    files = [(name, text.encode())]
    return check(files, VOCABULARY, scenario, every_scenario=every_scenario)


def errors(checked: Checked) -> list[str]:
    """Write diagnostics without excerpts."""
    return render(checked.diagnostics, checked.sources)
