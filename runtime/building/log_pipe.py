"""What a build prints, on its way into a log.

In: an open file. Out: a pipe for a build to print to, and what brings from there to the file
what was printed. A build that had the file itself could change its rights as its owner, and
make it a program that everybody can run and that runs as the caller.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO

from ..files.fs import write_all

__all__ = ["LogPipe", "log_pipe"]

CHUNK = 1 << 16
"""What a pipe holds, pipe(7)."""


class LogPipe:
    """The pipe: `inlet` is for a build, `outlet` can be read when something was printed.

    `size` is the bytes that came, of which the first `most` are in the log.
    """

    def __init__(self, outlet: FileIO, inlet: FileIO, log: int, most: int) -> None:
        self.outlet, self.inlet, self.size, self.most = outlet, inlet, 0, most
        self._log = log

    @property
    def is_too_much(self) -> bool:
        """Whether more came than the log may hold."""
        return self.size > self.most

    def take(self) -> bool:
        """Bring to the log what is there; say whether anything was. Raises OSError."""
        data = self.outlet.read(CHUNK) or b""
        write_all(self._log, memoryview(data)[: max(0, self.most - self.size)])
        self.size += len(data)
        return bool(data)


@contextmanager
def log_pipe(log: int, most: int) -> Iterator[LogPipe]:
    """Make a pipe into an open file, which takes `most` bytes of it."""
    outlet, inlet = os.pipe()
    os.set_blocking(outlet, False)  # who takes does not wait
    with FileIO(outlet) as ours, FileIO(inlet, "w") as theirs:
        pipe = LogPipe(ours, theirs, log, most)
        try:
            yield pipe
        finally:  # the last words of what was stopped are the ones to read
            while pipe.take() and not pipe.is_too_much:
                continue
