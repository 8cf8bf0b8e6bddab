"""Running builders so that none outlives its command.

In: a command line, its environment, where it prints to. Out: its exit status, once every
process of the build is gone. A builder has its own session, so that Ctrl-C
reaches us alone and one signal reaches all of its processes.
"""

import os
import re
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from ...ir.node import Frozen, frozen
from ..files.stop import Stop
from .limits import Watch

__all__ = ["Command", "Processes", "Stopped"]

GONE_SECONDS = 10.0
"""How long killed processes may take to be gone."""

FIRST_INSIDE = re.compile(rb'"child-pid": (\d+)')
"""How bwrap(1) tells, with --info-fd, which process of ours is the first in the sandbox."""


@frozen
class Command(Frozen):
    """A command line, and where it runs.

    `words` makes it for two descriptors that it inherits: the first its processes hold, or a
    sandbox writes there which of them all others end with; from the second `rules` can be
    read, once.
    """

    words: Callable[[int, int], Sequence[str]]
    environment: Mapping[str, str]
    folder: Path
    rules: bytes = b""


class Stopped(Exception):
    """The command was not let to its end, or left processes that do not end; says why."""


class Processes:
    """The builders that run now; safe to use from several threads.

    All of them inherit `mark`, by which a guard knows them.
    """

    def __init__(self, mark: int) -> None:
        self._mark = mark
        self.stopping = Stop()
        """Set once everything has to stop, also what is no process."""
        self._lock = threading.Lock()
        self._running: set[int] = set()

    @property
    def ended(self) -> bool:
        """Whether `end` was called: what fails from then on is no news."""
        return self.stopping.is_set()

    def end(self) -> None:
        """Kill every builder, and each that is started from now on."""
        with self._lock:
            self.stopping.set()
            for group in self._running:
                _kill(group)

    def run(self, command: Command, *, output: int, lock: int, watch: Watch) -> int:
        """Run a command until it and all its processes are gone; return its exit status.

        The descriptors `output` and `lock` are inherited.
        Raises Stopped with what `watch` says, FileNotFoundError if there is no such program.
        """
        with _pipe() as (alive, inherited), _pipe() as (read, written):
            written.write(command.rules)
            written.close()
            keep = [lock, self._mark, inherited.fileno(), read.fileno()]
            words = command.words(inherited.fileno(), read.fileno())
            process = _start(words, command, output, keep)
            inherited.close()
            try:
                with self._tracked(process.pid):
                    past = watch(process.pid)
            finally:
                status = process.wait()
                gone = _all_gone(alive)
        if past:
            raise Stopped(past)
        if not gone:
            raise Stopped("left processes that do not end")
        return status

    @contextmanager
    def _tracked(self, group: int) -> Iterator[None]:
        """Let `end` know of a group, and kill what is left of it before its number is free."""
        with self._lock:
            self._running.add(group)
            if self.stopping.is_set():
                _kill(group)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(group)
                _kill(group)


def _start(
    words: Sequence[str], command: Command, output: int, keep: Sequence[int]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        words,
        env=command.environment,
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        umask=0o022,
        pass_fds=keep,
    )


@contextmanager
def _pipe() -> Iterator[tuple[FileIO, FileIO]]:
    reader, writer = os.pipe()
    with FileIO(reader) as ours, FileIO(writer, "w") as theirs:
        yield ours, theirs


def _all_gone(alive: FileIO) -> bool:
    """Wait until nobody can write to a pipe, nor is there whoever is named in it.

    A process can close what it inherited. In a sandbox none outlives the first one there,
    which the kernel lets end when all others have (pid_namespaces(7)).
    """
    if not _ready(alive, 0):
        return False
    first = FIRST_INSIDE.search(alive.readall())
    return first is None or _is_gone(int(first[1]))


def _is_gone(process: int) -> bool:
    try:
        descriptor = FileIO(os.pidfd_open(process))
    except ProcessLookupError:
        return True
    with descriptor:
        return _ready(descriptor, select.POLLIN)


def _ready(descriptor: FileIO, event: int) -> bool:
    """Wait for an event or the end of the other side; say whether it came in time."""
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(GONE_SECONDS * 1000))


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
