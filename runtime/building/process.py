"""Running builders so that none outlives its command.

In: a command line, its environment, a log. Out: its exit status, once every
process of the build is gone. A builder has its own session, so that Ctrl-C
reaches us alone and one signal reaches all of its processes.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from ..files.stop import Stop
from .watch import Watch, ready

__all__ = ["Processes", "Stopped"]

GONE_SECONDS = 10.0
"""How long killed processes may take to be gone."""

GUARD = (
    "/bin/bash",
    "-c",
    'fd=$1; shift; (read -r -u "$fd" _; kill -KILL 0) & eval "exec $fd<&-"; exec "$@"',
    "guard",
)
"""Runs a command beside a reader of a pipe that only we hold open: when we end, however
that happens, the reader ends the process group."""


class Stopped(Exception):
    """The command was not let to its end, or left processes that do not end; says why."""


class Processes:
    """The builders that run now; safe to use from several threads."""

    def __init__(self) -> None:
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

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        folder: Path,
        log: int,
        lock: int,
        watch: Watch,
        guard: bool,
    ) -> int:
        """Run a command until it and all its processes are gone; return its exit status.

        The descriptors `log` (its output) and `lock` are inherited. Raises Stopped with
        what `watch` says, FileNotFoundError if there is no such program.
        """
        with _pipe() as (alive, inherited), _pipe() as (guarded, _held):
            keep = [lock, inherited.fileno()]
            if guard:
                command = [*GUARD, str(guarded.fileno()), *command]
                keep.append(guarded.fileno())
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o022,
                pass_fds=keep,
            )
            inherited.close()
            with self._tracked(process.pid):
                past = watch(process.pid)
            status = process.wait()
            gone = ready(alive.fileno(), 0, GONE_SECONDS)
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


@contextmanager
def _pipe() -> Iterator[tuple[FileIO, FileIO]]:
    reader, writer = os.pipe()
    with FileIO(reader) as ours, FileIO(writer, "w") as theirs:
        yield ours, theirs


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
