"""Holding a running build against its limits.

In: limits, the places that a build writes to, before it begins, and what it prints; then its
first process.
Out: None once it has ended; a sentence that names the limit as soon as it is past one.

All is measured again and again while the build runs, for the build as a whole.
setrlimit(2) is not asked: it holds each process alone, counts address space and not
memory, counts no processes of root, and what it stops dies with words of its own,
which name no limit (docs/decisions/0012).
"""

import os
import re
import select
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path

from ..files.size import human_size, tree_size
from .log_pipe import LogPipe
from .nameless import memory_device, nameless_size
from .request import Limits

__all__ = ["Watch", "watching"]

PAUSE_SECONDS = 0.05
SHARE = 10
"""Measuring takes a tenth of a processor at most: what takes long is measured less often."""

MEMORY = re.compile(rb"^(RssAnon|RssShmem|VmSwap):\s*(\d+) kB$", re.MULTILINE)


Watch = Callable[[int], str | None]
"""Waits until a process ends, or until it and its descendants are past a limit: returns
which one that is, and how to raise it."""


def watching(
    limits: Limits, helpers: int, places: Sequence[Path], lock: int, pipe: LogPipe
) -> Watch:
    """Return what watches a build that has not begun: what lies there now does not count.

    What it wrote is looked at once more when it has ended, before anybody reads all of that.
    `helpers` of the processes are the sandbox's own; `places` are the folders that the
    build can write to, and `lock` the file. What it prints is brought to its log meanwhile.
    """

    def lying() -> int:
        return sum(tree_size(place) for place in places) + os.fstat(lock).st_size

    before = 0 if limits.output is None else lying()

    def written(process: int) -> int:
        device = os.fstat(lock).st_dev
        return lying() - before + pipe.size + nameless_size(_threads(process), device)

    def watch(process: int) -> str | None:
        output = list(_output(limits.output, partial(written, process)))
        gauges = [*_gauges(process, limits, helpers), *output]
        past = _until_ended(process, gauges, pipe)
        return past or next((gauge.sentence for gauge in output if gauge.is_past()), None)

    return watch


def _until_ended(process: int, gauges: Sequence["_Gauge"], pipe: LogPipe) -> str | None:
    poll = select.poll()
    with FileIO(os.pidfd_open(process)) as ended:
        poll.register(ended.fileno(), select.POLLIN)
        poll.register(pipe.outlet.fileno(), select.POLLIN)
        while ended.fileno() not in dict(poll.poll(_pause(gauges))):
            pipe.take()
            if pipe.is_too_much:
                return f"printed more than {human_size(pipe.most)}: raise --max-log"
            for gauge in gauges:
                if gauge.is_due() and gauge.is_past():
                    return gauge.sentence
    return None


@dataclass(slots=True, eq=False, repr=False)
class _Gauge:
    """One limit: what is measured, the most that it may be, and what to say beyond."""

    measure: Callable[[], float]
    most: float
    sentence: str
    due: float = 0.0

    def is_due(self) -> bool:
        return self.due <= time.monotonic()

    def is_past(self) -> bool:
        began = time.monotonic()
        past = self.measure() > self.most
        ended = time.monotonic()
        self.due = ended + max(PAUSE_SECONDS, SHARE * (ended - began))
        return past


def _pause(gauges: Sequence[_Gauge]) -> float | None:
    """Return the milliseconds until a gauge is due; None if there is none."""
    if not gauges:
        return None
    return 1000 * max(0.0, min(gauge.due for gauge in gauges) - time.monotonic())


def _output(most: int | None, written: Callable[[], int]) -> Iterator[_Gauge]:
    if most is not None:
        text = f"wrote more than {human_size(most)}: raise --max-output"
        yield _Gauge(written, most, text)


def _gauges(process: int, limits: Limits, helpers: int) -> Iterator[_Gauge]:
    if limits.seconds is not None:
        began = time.monotonic()
        text = f"took more than {limits.seconds:g} seconds: raise --timeout"
        yield _Gauge(lambda: time.monotonic() - began, limits.seconds, text)
    if limits.memory is not None:
        text = f"took more than {human_size(limits.memory)} of memory: raise --max-memory"
        yield _Gauge(lambda: _memory(process), limits.memory, text)
    if limits.processes is not None:
        text = f"had more than {limits.processes} processes and threads: raise --max-processes"
        yield _Gauge(lambda: sum(_threads(process).values()) - helpers, limits.processes, text)


def _memory(root: int) -> int:
    """Return the bytes that only the processes of a build hold: not files of a disk.

    Of files of memory as much as is mapped, or open, whichever is more: most are both.
    """
    processes = _threads(root)
    own = shared = 0
    for process in processes:
        with suppress(OSError):
            found = MEMORY.findall(Path(f"/proc/{process}/status").read_bytes())
            sizes = {name: int(size) * 1024 for name, size in found}
            shared += sizes.pop(b"RssShmem", 0)
            own += sum(sizes.values())
    return own + max(shared, nameless_size(processes, memory_device()))


def _threads(root: int) -> dict[int, int]:
    """Return how many threads each process of a build has: of `root` and what came of it.

    A process whose parent ended is found by its session, or, in a sandbox with processes
    of its own, below the first of those.
    """
    children: dict[int, list[int]] = {}
    threads: dict[int, int] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            # proc_pid_stat(5): after the name, which may hold anything, state and numbers
            fields = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()
            process, parent, session = int(name), int(fields[1]), int(fields[3])
            threads[process] = int(fields[17])
            children.setdefault(root if session == root else parent, []).append(process)
    found, waiting = {}, [root]
    while waiting:
        process = waiting.pop()
        if process in threads:
            found[process] = threads.pop(process)
            waiting.extend(children.get(process, ()))
    return found
