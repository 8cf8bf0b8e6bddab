"""What is told of builds: events while they run, and what became of each.

In: nothing. Out: `Event` and `Result`, values for whoever shows them.
"""

from pathlib import Path
from typing import Literal, TypeAlias

from ...ir.diagnostics import Diagnostic
from ...ir.names import ModuleName, StoreName
from ...ir.node import Frozen, frozen

__all__ = ["Event", "Result", "Status"]

Status: TypeAlias = Literal["ok", "cached", "failed", "skipped"]


@frozen
class Event(Frozen):
    """Something that happens during builds, for whoever shows progress.

    `waiting` says who holds the lock; `warning` has no module. `finished` follows
    every `started`, and stands alone for what another process built.
    """

    kind: Literal["warning", "waiting", "started", "finished"]
    message: str = ""
    module: ModuleName | None = None
    name: StoreName | None = None


@frozen
class Result(Frozen):
    """What became of one derivation; `log` is there if its builder ran and failed."""

    module: ModuleName
    name: StoreName
    status: Status
    message: str = ""
    log: Path | None = None
    diagnostic: Diagnostic | None = None
