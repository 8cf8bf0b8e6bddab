"""What builds are at, as events tell it.

In: events, and the time of each. Out: a `Board`: what runs, in which phase and since
when; what waits for that; how many ended how. It draws nothing.
"""

from collections import Counter
from dataclasses import dataclass, field

from ...ir.names import ModuleName, StoreName
from ...runtime.building.result import Event, Status

__all__ = ["Board", "Running"]


@dataclass(slots=True)
class Running:
    """A package that is being built: when that began, and what was last told of it."""

    name: StoreName
    module: ModuleName
    began: float
    last: Event


@dataclass(slots=True)
class Board:
    """All packages of one command, from the first event to the last."""

    running: dict[StoreName, Running] = field(default_factory=dict)
    _modules: dict[StoreName, ModuleName] = field(default_factory=dict)
    _needs: dict[StoreName, tuple[StoreName, ...]] = field(default_factory=dict)
    _users: dict[StoreName, list[StoreName]] = field(default_factory=dict)
    _ended: dict[StoreName, Status] = field(default_factory=dict)
    _counts: Counter[Status] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many packages are to be built."""
        return len(self._modules)

    @property
    def done(self) -> int:
        """How many have become whole."""
        return self._counts["ok"] + self._counts["cached"] + self._counts["reproducible"]

    @property
    def failed(self) -> int:
        """How many failed, or cannot be built because of one that did."""
        return self._counts["failed"] + self._counts["skipped"]

    @property
    def waiting(self) -> int:
        """How many have not begun and still may."""
        return self.total - self.done - self.failed - len(self.running)

    def seconds(self, name: StoreName | None, now: float) -> float:
        """Return how long a package has been running; 0 if it is not."""
        return now - self.running[name].began if name in self.running else 0.0

    def see(self, event: Event, now: float) -> None:
        """Take in what happened `now`."""
        if event.name is None or event.module is None:
            return
        if event.kind == "planned":
            self._plan(event.name, event.module, event.needs)
        elif event.kind == "started":
            self.running[event.name] = Running(event.name, event.module, now, event)
        elif event.kind == "finished":
            self.running.pop(event.name, None)
            self._ended[event.name] = event.status or "failed"
            self._counts[event.status or "failed"] += 1
        else:
            self.running[event.name].last = event

    def _plan(self, name: StoreName, module: ModuleName, needs: tuple[StoreName, ...]) -> None:
        self._modules[name] = module
        self._needs[name] = needs
        for other in needs:
            self._users.setdefault(other, []).append(name)

    def users(self, name: StoreName) -> list[StoreName]:
        """Return the packages that wait for this one."""
        return [user for user in self._users.get(name, ()) if user not in self._ended]

    def missing(self, name: StoreName) -> list[StoreName]:
        """Return what a package still waits for."""
        return [one for one in self._needs[name] if one not in self._ended]

    def module(self, name: StoreName) -> ModuleName:
        """Return the module that a package is built for."""
        return self._modules[name]
