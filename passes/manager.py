"""Runs passes one after the other.

In: a pipeline (a tuple of passes) and an IR that its first pass takes. Out: what its
last pass makes. On request every IR is verified before and after each pass, a
hook sees it, and a clock that the caller hands over times the passes.
"""

from collections.abc import Callable
from dataclasses import Field
from typing import Any, ClassVar, Protocol, TypeAlias

from ..ir.node import Document
from ..ir.spell import did_you_mean

__all__ = ["Hook", "Misfit", "Pass", "Pipeline", "check_order", "run", "steps"]


class Pass(Protocol):
    """A step from one IR to another or to itself: a frozen dataclass with one pure `run`.

    `src` and `dst` are IR names; further fields are the pass's options.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def name(self) -> str: ...
    @property
    def src(self) -> str: ...
    @property
    def dst(self) -> str: ...
    def run(self, root: Any, /) -> Document: ...  # of the IR that `src` names


Pipeline: TypeAlias = tuple[Pass, ...]
Hook: TypeAlias = Callable[[Pass, Document, float], None]
"""Called after each pass with the pass, what it made, and the clock's difference."""


class Misfit(ValueError):
    """A pipeline whose steps do not fit together."""


def check_order(pipeline: Pipeline, ir: str) -> None:
    """Check that the first pass takes `ir`, and each other what the one before makes."""
    for step in pipeline:
        if step.src != ir:
            raise Misfit(f"pass '{step.name}' takes '{step.src}', not '{ir}'")
        ir = step.dst


def steps(pipeline: Pipeline, src: str, dst: str) -> Pipeline:
    """Return the part of a pipeline that leads from IR `src` to IR `dst`, each inclusive.

    Passes from `src` or `dst` to itself are part of it.
    """
    stages = [pipeline[0].src, *(step.dst for step in pipeline)]
    for stage in (src, dst):
        if stage not in stages:
            hint = did_you_mean(stage, stages)
            raise Misfit(f"no pass makes '{stage}'" + (f"; {hint}" if hint else ""))
    first = stages.index(src)
    last = len(stages) - 1 - stages[::-1].index(dst)
    if last < first:
        raise Misfit(f"'{dst}' comes before '{src}'")
    return pipeline[first:last]


def run(
    pipeline: Pipeline,
    root: Document,
    *,
    verify: bool = False,
    hook: Hook | None = None,
    clock: Callable[[], float] | None = None,
) -> Any:
    """Run the passes in order; with `verify`, raise ProgramError (E25) at the first broken IR."""
    if verify:
        _require(root, None)
    for step in pipeline:
        before = clock() if clock else 0.0
        root = step.run(root)
        spent = clock() - before if clock else 0.0
        if verify:
            _require(root, step.name)
        if hook:
            hook(step, root, spent)
    return root


def _require(root: Document, after: str | None) -> None:
    from ..ir.verify import require  # its table imports every IR

    require(root, after)
