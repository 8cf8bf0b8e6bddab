"""Programs that help to get a source: git, patch.

In: the processes of a command, and the lock under which a package is made. Out: a function
that runs a program to its end, with nothing on its standard input.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..fetch.fetcher import Run
from .failure import BuildFailed
from .printed import printing
from .process import Processes, Stopped
from .request import Limits
from .watch import watching

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
                with printing(log.fileno(), MOST_OUTPUT) as printed:
                    status = processes.run(
                        lambda _alive, _rules: command,
                        environment,
                        folder=folder,
                        output=printed.inlet.fileno(),
                        lock=lock,
                        watch=watching(Limits(), 0, (), lock, printed),
                        rules=b"",
                        guard=True,
                    )
            except Stopped as problem:
                raise BuildFailed(f"'{command[0]}' {problem}") from None
            log.seek(0)
            return status, log.read(SHOWN).decode("utf-8", "replace")

    return run
