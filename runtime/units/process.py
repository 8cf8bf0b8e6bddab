"""What a unit's main process really runs, as the kernel tells it (proc(5)).

In: the process, and which store paths it may run. Out: its executable, and a path of the
store that it runs and should not.

A script's executable is its interpreter; the script stands among the first words of the
command line, and so does what a wrapper ran in its own place. So no single file is looked
for: whatever lies in the store, of the executable and the command line, must belong to the
generation.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from ...ir.manifest import Manifest
from ..deploy.target.transport import LeavesRoot, Transport
from .facts import UnitFacts

__all__ = ["executable", "outside"]

T = TypeVar("T")
MOST_BYTES = 65536


def executable(transport: Transport, facts: UnitFacts) -> str | None:
    """Return the file that a main process executes; None where we may not look, or it ended."""
    if facts.pid is None or not _is_of_unit(transport, facts):
        return None
    found = _told(lambda: transport.read_link(f"/proc/{facts.pid}/exe"))
    return found.removesuffix(" (deleted)") if found else None


def outside(transport: Transport, facts: UnitFacts, live: Manifest) -> str | None:
    """Return the first path of the store that a process runs and that `live` does not pin."""
    pinned = frozenset(live.store_paths)
    roots = _roots(transport, live.store_root)
    for word in _words(transport, facts):
        for root in roots:
            if word.startswith(root) and word[len(root) :].partition("/")[0] not in pinned:
                return word
    return None


def _words(transport: Transport, facts: UnitFacts) -> Iterator[str]:
    """Yield executable and command line, which everybody may read, of a process of a unit."""
    file = executable(transport, facts)
    if file is not None:
        yield file
    line = _told(lambda: transport.read(f"/proc/{facts.pid}/cmdline", MOST_BYTES))
    if line is not None and facts.pid is not None and _is_of_unit(transport, facts):
        yield from line.decode("utf-8", "surrogateescape").split("\0")


def _is_of_unit(transport: Transport, facts: UnitFacts) -> bool:
    """Whether the process is still one of the unit's, and not another with its number.

    Seen from another cgroup namespace than systemd's, the path of a group is a longer one.
    """
    data = _told(lambda: transport.read(f"/proc/{facts.pid}/cgroup", MOST_BYTES)) or b""
    groups = (line.split(":", 2)[-1] for line in data.decode("utf-8", "replace").splitlines())
    return bool(facts.cgroup) and any(f"{facts.cgroup}/" in f"{group}/" for group in groups)


def _roots(transport: Transport, store_root: str) -> Iterable[str]:
    """Return the store root as units name it and as the kernel does, with a `/`."""
    roots = {store_root}
    with suppress(LeavesRoot):  # of a folder that stands for a machine, whose store lies outside
        roots.add(transport.real(store_root))
    return sorted(f"{root.rstrip('/')}/" for root in roots)


def _told(look: Callable[[], T]) -> T | None:
    """Look at a process that may end at any moment, or be another user's."""
    try:
        return look()
    except OSError:
        return None
