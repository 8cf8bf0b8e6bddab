"""A command on a terminal, and what a person sees there while it runs."""

import os
import pty
import subprocess
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte
from patience import PATIENCE, until

__all__ = ["Terminal"]

OURS = ("NO_COLOR", "COLUMNS", "LINES")
"""Variables that would tell the command of the terminal that the tests run on."""


class Terminal:
    """A command whose stderr is a terminal, and what is to be seen there."""

    def __init__(
        self,
        folder: Path,
        command: Sequence[str],
        rows: int = 20,
        columns: int = 90,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.screen, self._whole = pyte.Screen(columns, rows), threading.Lock()
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={
                **{name: text for name, text in os.environ.items() if name not in OURS},
                "TERM": "xterm",
                "LANG": "C.UTF-8",
                "PUNIX_STORE_ROOT": str(folder / "store"),
                **(settings or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
        )
        os.close(theirs)
        self.written, self.out = b"", ""
        self._reader = threading.Thread(target=self._read, args=(ours,))
        self._reader.start()

    def _read(self, descriptor: int) -> None:
        stream = pyte.ByteStream(self.screen)
        with open(descriptor, "rb", buffering=0, closefd=True) as file:
            while data := self._chunk(file.fileno()):
                self.written += data
                with self._whole:
                    stream.feed(data)

    @staticmethod
    def _chunk(descriptor: int) -> bytes:
        try:
            return os.read(descriptor, 4096)
        except OSError:  # Linux says so when the other side is closed
            return b""

    def lines(self) -> list[str]:
        with self._whole:
            return [line.rstrip() for line in self.screen.display if line.strip()]

    def until(self, condition: Callable[[list[str]], bool]) -> list[str]:
        """Wait for what is to be seen. It may be seen half drawn: ask for its last line as well."""
        return until(self.lines, condition, lambda: "\n".join(self.lines()))

    def close(self) -> None:
        """End the command if it still runs."""
        self.process.kill()
        self.finish()

    def finish(self) -> tuple[int, str]:
        if self.process.stdout is not None and not self.process.stdout.closed:
            self.out, _ = self.process.communicate(timeout=PATIENCE)
        self._reader.join()
        return self.process.returncode, self.out
