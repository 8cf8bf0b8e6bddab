"""How a command builds, whatever it builds.

In: nothing. Out: a `BuildPolicy`, a value that the command line makes.
"""

import os
from pathlib import Path

from ...ir.node import Frozen, frozen
from .request import Limits
from .sandbox import Sandbox

__all__ = ["BuildPolicy"]


@frozen
class BuildPolicy(Frozen):
    """Where builds run, how many at once, what each may take, and what is left of a failure.

    `cache` is the folder that keeps what is fetched. With `fail_fast` nothing more starts after
    a failure; with `keep_failed` the folder of a failed build stays, and an output that turns
    out not to be reproducible.
    """

    sandbox: Sandbox
    cache: Path
    jobs: int
    fail_fast: bool = False
    keep_failed: bool = False
    limits: Limits = Limits()

    @property
    def cores(self) -> int:
        """How many processors each build should use, so that together they use all."""
        return max(1, (os.cpu_count() or 1) // self.jobs)
