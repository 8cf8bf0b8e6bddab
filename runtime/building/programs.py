"""Programs that help to get a source: git, patch.

In: the processes of a command, and the lock under which a package is made. Out: a function
that runs a program to its end, with nothing on its standard input.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..fetch.fetcher import Run
from .limits import watching
from .log_pipe import log_pipe
from .process import Command, Processes, Stopped
from .request import Limits
from .result import BuildFailed

__all__ = ["runner"]

MOST_OUTPUT = Limits().log
SHOWN = 1 << 16


def runner(processes: Processes, lock: int) -> Run:
    """Return what runs programs; each ends with us, and holds `lock` while it does not.

    Raises BuildFailed for a program that does not end or is not installed.
    """

    def run(
        command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> tuple[int, str]:
        import tempfile  # most builds run no such program

        with tempfile.TemporaryFile() as log:
            try:
                with log_pipe(log.fileno(), MOST_OUTPUT) as pipe:
                    status = processes.run(
                        Command(lambda _alive, _rules: command, environment, folder),
                        output=pipe.inlet.fileno(),
                        lock=lock,
                        watch=watching(Limits(), 0, (), lock, pipe),
                    )
            except Stopped as problem:
                raise BuildFailed(f"'{command[0]}' {problem}") from None
            log.seek(0)
            return status, log.read(SHOWN).decode("utf-8", "replace")

    return run
