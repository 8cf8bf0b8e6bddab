"""Pictures of stages: golden files, and names that try to be syntax."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nodes import nodes
from programs import richer

from examples import tried
from punix.ir.plan import Plan
from punix.ir.stages import ROOTS
from punix.passes.draw import draw
from punix.passes.manager import run, steps
from punix.passes.pipeline import default
from punix.recipes.registry import RECIPES

DEFAULT = default("x86_64-linux", "seeded", RECIPES)


@pytest.mark.parametrize("style", ["dot", "mermaid"])
@pytest.mark.parametrize("stage", ["program", "lowered", "closure"])
def test_pictures(stage: str, style: str, golden: Callable[[str, str], None]) -> None:
    golden(
        f"passes/richer.{stage}.{style}",
        draw(run(steps(DEFAULT, "program", stage), richer()), style),
    )


DOT = re.compile(
    r"digraph punix \{\n  rankdir=LR;\n"
    r'(?:  n\d+ \[shape=\w+, label="(?:[^"\\\n]|\\.)*"\];\n)*(?:  n\d+ -> n\d+;\n)*\}\n'
)
MERMAID = re.compile(
    r'flowchart LR\n(?:  n\d+(?:\["|\[\["|>")(?:[\w\-.:/ ]|#\d+;|<br>)*(?:"\]|"\]\])\n)*'
    r"(?:  n\d+ --> n\d+\n)*"
)


@given(nodes(Plan))
def test_no_name_becomes_syntax(plan: Plan) -> None:
    assert DOT.fullmatch(draw(plan, "dot"))
    assert MERMAID.fullmatch(draw(plan, "mermaid"))


@pytest.mark.parametrize("name", sorted(ROOTS.keys() - {"derivation", "closure"}))
@tried(8)
@given(data=st.data())
def test_every_ir_has_a_picture(name: str, data: st.DataObject) -> None:
    assert draw(data.draw(nodes(ROOTS[name])), "dot").startswith("digraph")
