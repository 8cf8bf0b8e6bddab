"""The standard streams and the umask, whatever the caller left of them.

In: the process as it was started. Out: three open descriptors, streams that take
any text, and files whose modes are those that the code names.
"""

import os
import sys
from io import TextIOWrapper
from typing import TextIO, cast

__all__ = ["prepare_process"]


def prepare_process() -> None:
    """Make the process the same for every caller."""
    os.umask(0o022)  # a builder sees the modes of its source
    _fill_descriptors()
    sys.stdout, sys.stderr = _usable(sys.stdout, 1), _usable(sys.stderr, 2)


def _fill_descriptors() -> None:
    """Open what the caller closed: else a file of ours gets the number of a standard stream."""
    number = os.open(os.devnull, os.O_RDWR)
    while number <= 2:
        os.set_inheritable(number, True)
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)


def _usable(stream: TextIO | None, number: int) -> TextIO:
    """Return a stream that no text breaks; Python has none for a closed descriptor."""
    if stream is None:
        stream = os.fdopen(number, "w", encoding="utf-8", closefd=False)
    cast(TextIOWrapper, stream).reconfigure(errors="backslashreplace")
    return stream
