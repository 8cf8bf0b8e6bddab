"""Trees that took long to get, kept under a name that says what they hold.

In: a name, and a function that makes the tree. Out: a copy of the tree in a new folder.

    <cache>/trees/<name>.tree/     the tree
    <cache>/trees/<name>.digest    its identity, written last; what has another one is made anew
    <cache>/trees/<name>.lock      held by who makes or copies it; never removed
"""

from collections.abc import Callable
from pathlib import Path

from ..files.copies import copy_tree
from ..files.fs import make_folder, write_file
from ..files.remove import remove_tree
from ..files.tree import hash_tree
from .fetcher import Fetcher

__all__ = ["copy_of"]


def copy_of(
    name: str, folder: Path, time: int, fetcher: Fetcher, make: Callable[[Path], None]
) -> None:
    """Make `folder` a copy of the tree called `name`, its times `time` seconds.

    `make` gets a folder that is not there, and makes it; what it raises is passed on. Raises
    TreeError, OSError, and LockHeld as `Reporter.holding` does.
    """
    trees, check = fetcher.cache / "trees", fetcher.reporter.check
    make_folder(trees, 0o700)
    kept, seal = trees / f"{name}.tree", trees / f"{name}.digest"
    with fetcher.reporter.holding(trees / f"{name}.lock"):
        if seal.exists() and kept.exists():
            copy_tree(kept, folder, (), time, check)
            if hash_tree(folder, check=check).encode("ascii") == seal.read_bytes():
                return
            remove_tree(folder)
        seal.unlink(missing_ok=True)
        remove_tree(kept)
        make(kept)
        write_file(seal, hash_tree(kept, check=check).encode("ascii"))
        copy_tree(kept, folder, (), time, check)
