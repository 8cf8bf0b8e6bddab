"""Stops what runs in this process, or fails it, at its n-th change below a folder.

An audit hook (PEP 578) hears of every change before it happens, whoever makes it: pathlib,
shutil, or the code itself. So no change can be forgotten, and none needs a seam.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults import Killed

CHANGES = frozenset(
    {
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.symlink",
        "os.truncate",
        "os.utime",
    }
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Changes:
    """Counts changes, from 0. At number `at` it kills (`error` 0), or fails that one with `error`.

    Killed means that no later change happens either; descriptors are closed, as the kernel does.
    """

    def __init__(self, folder: Path, at: int = -1, error: int = 0) -> None:
        self.folder, self.at, self.error = str(folder), at, error
        self.seen: list[str] = []
        self.dead = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_change(event, arguments):
            return
        if self.dead:
            raise Killed
        self.seen.append(event)
        if len(self.seen) - 1 != self.at:
            return
        if self.error:
            raise OSError(self.error, os.strerror(self.error), arguments[0])
        self.dead = True
        raise Killed

    def _is_change(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "open":
            return bool(arguments[2] & WRITING) and self._is_below(arguments[0])
        return event in CHANGES and self._is_below(arguments[0])

    def _is_below(self, path: object) -> bool:
        """Descriptors, and names in folders that are open, are taken for ours."""
        if isinstance(path, int):
            return True
        text = os.fsdecode(path)  # type: ignore[arg-type]
        return not text.startswith("/") or text.startswith(self.folder)


_heard: list[Changes] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    for changes in _heard:
        changes.hear(event, arguments)


@contextmanager
def heard(changes: Changes) -> Iterator[None]:
    """Let changes be counted, and stopped, while the block runs, whatever the thread."""
    if not hasattr(sys, "_punix_changes"):
        sys.addaudithook(_hook)
        sys._punix_changes = True  # type: ignore[attr-defined]  # a hook is for ever
    _heard.append(changes)
    try:
        yield
    finally:
        _heard.remove(changes)
