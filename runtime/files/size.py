"""How much a tree holds, and how people write that.

In: a path. Out: bytes, as its files say; blocks of the disk are no part of the figure.
"""

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["human_size", "tree_size"]

UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def tree_size(path: Path) -> int:
    """Return what a file, or all files below a folder, hold in bytes; 0 if there is none.

    Where somebody changes the tree meanwhile, or forbids a part of it, only the figure suffers.
    """
    if not path.is_dir():
        return path.lstat().st_size if os.path.lexists(path) else 0
    total = 0
    waiting = [str(path)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    continue
                with suppress(FileNotFoundError):
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def human_size(size: int) -> str:
    """Write bytes with three digits or so: `512 bytes`, `1.5 GiB`."""
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{size} bytes" if unit == 0 else f"{amount:.1f} {UNITS[unit]}"
