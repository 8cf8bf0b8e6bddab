"""`punix` for a test: a folder counts as a machine whose jobs end when a file `go` is there."""

import time
from collections.abc import Generator, Sequence
from pathlib import Path
from unittest.mock import patch

from managed import Managed

from punix.cli.main import main
from punix.runtime.deploy.target.transport import Run

JOBS = ("start", "restart", "reload-or-restart")


class Slow(Managed):
    """A manager whose jobs take as long as the test likes, and whose journal never ends."""

    def run(self, command: Sequence[str], seconds: float) -> Run:
        while command[1] in JOBS and not Path("go").exists():
            time.sleep(0.02)
        return super().run(command, seconds)

    def lines(self, command: Sequence[str]) -> Generator[bytes, None, None]:
        yield from super().lines(command)
        while "--follow" in command:
            time.sleep(0.02)


with (
    patch("punix.cli.service.activate.barrier", lambda *_: None),
    patch("punix.cli.service.target.Local", Slow),
):
    main()
