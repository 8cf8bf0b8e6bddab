"""How a build ends that leaves nothing.

In: nothing. Out: `BuildFailed`.
"""

from pathlib import Path

__all__ = ["BuildFailed"]


class BuildFailed(Exception):
    """A build that left nothing; the message says why, `log` where its output is."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        self.message, self.log = message, log
        super().__init__(message)
