"""What is told of builds: events while they run, and what became of each.

In: nothing. Out: `Event` and `Result`, values for whoever shows them; `BuildFailed`.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, TypeAlias

from ...ir.diagnostics import Diagnostic
from ...ir.names import ModuleName, StoreName
from ...ir.node import Frozen, frozen

__all__ = ["BuildFailed", "Event", "Phase", "Result", "Status", "Teller"]

Phase: TypeAlias = Literal["fetching", "unpacking", "building", "fixing", "registering"]
"""Where a build is: getting its source, laying it out, running its script, making the
output canonical, making it durable and known. One without a step leaves out its phase."""

Status: TypeAlias = Literal["ok", "cached", "reproducible", "failed", "skipped"]
"""Built; there already; built again with the same output; not built; not tried."""


@frozen
class Event(Frozen):
    """Something that happens during builds, for whoever shows progress.

    warning     `message` is for the person; no package
    started     a package begins
    waiting     for its lock; `message` says who holds it
    phase       the package has come to `phase`; comes again as it goes on there, with
                `done` of `total` bytes (0: not counted; None: not known)
    finished    the package ended; `message` says why if it is not whole. Follows
                every `started`
    """

    kind: Literal["warning", "planned", "started", "waiting", "phase", "finished"]
    message: str = ""
    module: ModuleName | None = None
    name: StoreName | None = None
    phase: Phase | None = None
    done: int = 0
    total: int | None = None
    status: Status | None = None
    needs: tuple[StoreName, ...] = ()


@frozen
class Teller(Frozen):
    """Tells `events` about one package; may be used from any thread."""

    events: Callable[[Event], None]
    module: ModuleName
    name: StoreName

    def planned(self, needs: Iterable[StoreName]) -> None:
        """Tell that the package will be built, and after which others."""
        self.events(Event("planned", "", self.module, self.name, needs=tuple(needs)))

    def started(self) -> None:
        """Tell that the package begins."""
        self.events(Event("started", "", self.module, self.name))

    def warning(self, message: str) -> None:
        """Tell a person something about the package that does not end its build."""
        self.events(Event("warning", f"{self.module}: {message}"))

    def waiting(self, holder: str) -> None:
        """Tell who holds the package's lock; empty if nobody knows."""
        self.events(Event("waiting", holder, self.module, self.name))

    def phase(self, phase: Phase, done: int = 0, total: int | None = None) -> None:
        """Tell where the build is, and how many bytes of how many are done."""
        self.events(Event("phase", "", self.module, self.name, phase, done, total))

    def finished(self, status: Status, message: str) -> None:
        """Tell how the package ended, and why if it is not whole."""
        self.events(Event("finished", message, self.module, self.name, status=status))


@frozen
class Result(Frozen):
    """What became of one derivation.

    `seconds` is what it took, 0 if nothing ran here; `log` is there if its builder
    ran, `kept` if the folder of a failed build was kept.
    """

    module: ModuleName
    name: StoreName
    status: Status
    message: str = ""
    seconds: float = 0.0
    log: Path | None = None
    kept: Path | None = None
    diagnostic: Diagnostic | None = None


class BuildFailed(Exception):
    """A build that left nothing; the message says why, `log` where its output is."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        self.message, self.log = message, log
        super().__init__(message)
