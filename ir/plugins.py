"""What other distributions add: their entry points of one group.

In: the name of a group, `punix.recipes`. Out: its entry points, sorted. Most
environments have none, and importlib.metadata takes longer to import than most
commands, so it is asked only where some distribution's file names the group.
"""

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["installed"]

METADATA = (".dist-info", ".egg-info", "EGG-INFO")
"""How the folders end that hold what distributions say of themselves."""


def installed(group: str) -> list["EntryPoint"]:
    """Return the entry points of a group by name, then value."""
    if not _may_be_offered(group):
        return []
    from importlib.metadata import entry_points

    return sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value))


def _may_be_offered(group: str) -> bool:
    """Whether a file `entry_points.txt` names the group; also for an archive, which is not read."""
    header = f"[{group}]".encode("ascii")
    return any(
        os.path.isfile(folder) or any(header in text for text in _declarations(folder or "."))
        for folder in sys.path
    )


def _declarations(folder: str) -> Iterator[bytes]:
    try:
        names = os.listdir(folder)
    except OSError:  # Python's path may name what is not there
        return
    for name in names:
        if name.endswith(METADATA):
            try:
                with open(f"{folder}/{name}/entry_points.txt", "rb") as file:
                    yield file.read()
            except OSError:  # most distributions have none
                continue
