"""Telling threads that the command is ending, whatever they wait for.

In: `set`, called once. Out: waits that end early, and functions that are called then.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Interrupted", "Stop"]


class Interrupted(Exception):
    """The command is ending; what was fetched so far stays, to be gone on with."""


class Stop:
    """An event, and what it calls when it is set: how a blocked system call is made to return."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._calls: dict[int, Callable[[], None]] = {}

    def is_set(self) -> bool:
        """Whether the command is ending."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Interrupted if the command is ending."""
        if self.is_set():
            raise Interrupted

    def wait(self, seconds: float) -> bool:
        """Wait; return True as soon as the command is ending."""
        return self._event.wait(seconds)

    def set(self) -> None:
        """Let the command end."""
        with self._lock:
            self._event.set()
            for call in self._calls.values():
                call()

    @contextmanager
    def calling(self, call: Callable[[], None]) -> Iterator[None]:
        """While the block runs, have `call` called when the command ends, or at once."""
        with self._lock:
            self._calls[id(call)] = call
            if self._event.is_set():
                call()
        try:
            yield
        finally:
            with self._lock:
                del self._calls[id(call)]
