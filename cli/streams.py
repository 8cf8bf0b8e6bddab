"""The standard streams and the umask, whatever the caller left of them.

In: the process as it was started. Out: three open descriptors, streams that take
any text, and files whose modes are those that the code names. Results that nobody reads
end the command, messages that nobody reads do not: a build or a deploy goes on.
"""

import os
import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING, NoReturn, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["NOBODY_READS", "NobodyReadsError", "nobody_reads", "prepare_process"]

NOBODY_READS = 141
"""The exit code of who writes to a pipe that nobody reads: 128 and the number of SIGPIPE."""


class NobodyReadsError(Exception):
    """The reader of stdout has gone. No OSError: what a socket has is told."""


def nobody_reads() -> NoReturn:
    """End the command: what it still has for stdout goes nowhere. Raises NobodyReadsError."""
    _drop_results()
    raise NobodyReadsError


def _drop_results() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the interpreter's last flush goes there


class _Results(FileIO):
    """Stdout: what cannot be written ends the command."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            nobody_reads()
        except OSError as problem:
            _drop_results()
            problem.filename = "stdout"
            raise


class _Messages(FileIO):
    """Stderr: what cannot be written is lost."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def prepare_process() -> None:
    """Make the process the same for every caller."""
    os.umask(0o022)  # a builder sees the modes of its source
    _fill_descriptors()
    sys.stdout = _stream(_Results(1, "w", closefd=False), sys.stdout)
    sys.stderr = _stream(_Messages(2, "w", closefd=False), sys.stderr)


def _fill_descriptors() -> None:
    """Open what the caller closed: else a file of ours gets the number of a standard stream."""
    number = os.open(os.devnull, os.O_RDWR)
    while number <= 2:
        os.set_inheritable(number, True)
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)


def _stream(raw: FileIO, found: TextIO | None) -> TextIO:
    """Return a stream that no text breaks; Python has none for a closed descriptor."""
    encoding = found.encoding if found else "utf-8"
    is_line_buffered = raw.isatty() or isinstance(raw, _Messages)
    return TextIOWrapper(
        BufferedWriter(raw), encoding, "backslashreplace", line_buffering=is_line_buffered
    )
