"""Looking over the compiler's shoulder: what `--print-after-all` and `--time-passes` show.

In: which of them is wanted. Out: a hook for `passes.manager`, or None.
"""

from typing import TYPE_CHECKING

from ...ir.codec import envelope
from ...ir.dump import render
from ...ir.node import Document
from ..console import notice

if TYPE_CHECKING:
    from ...passes.manager import Hook, Pass

__all__ = ["watch"]


def watch(print_after_all: bool = False, time_passes: bool = False) -> "Hook | None":
    """Return a hook that writes to stderr what it sees; None if nothing is wanted."""
    if not print_after_all and not time_passes:
        return None
    from ...passes.spec import render_spec  # few watch

    def hook(step: "Pass", made: Document, seconds: float) -> None:
        if time_passes:
            notice(f"{step.name:12} {seconds * 1000:9.2f} ms")
        if print_after_all:
            notice(f"# after {render_spec((step,))}\n{render(envelope(made))}")

    return hook
