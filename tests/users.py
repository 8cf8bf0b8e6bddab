"""Parts of tests as another user: who that can be, a folder of theirs, and becoming them."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from punix.runtime.files.remove import remove_tree

__all__ = ["USERS", "become", "folder_of"]

NOBODY = 65534
USERS = {"caller": os.getuid()} | ({"nobody": NOBODY} if os.getuid() == 0 else {})
"""Whom the tests can be: who runs them, and where that is root somebody without any right."""


@contextlib.contextmanager
def folder_of(user: int) -> Iterator[Path]:
    """Make a folder that a user owns and can reach."""
    folder = Path(tempfile.mkdtemp(prefix="punix-", dir="/tmp"))
    try:
        os.chown(folder, user, -1)
        yield folder
    finally:
        remove_tree(folder)


def become(user: int) -> None:
    """Go on as another user, with nothing of the old one.

    What is imported later the user may not be able to read: import it before.
    """
    if user != os.getuid():
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
