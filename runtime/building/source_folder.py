"""The folder that a build starts in: a private, writable copy of its source.

In: a source and a name for the folder. Out: the folder, filled and held against the
digest that the derivation has.
"""

from pathlib import Path

from ...ir.package import LocalSource, PackageSource
from ..files.tree import TreeError, copy_tree, hash_tree, new_folder
from .environment import SOURCE_DATE_EPOCH
from .failure import BuildFailed

__all__ = ["lay_out"]


def lay_out(source: PackageSource, folder: Path) -> None:
    """Make a folder with what a source holds; raises BuildFailed if that cannot be had."""
    if not isinstance(source, LocalSource):
        new_folder(folder)
        return
    try:
        copy_tree(Path(source.path), folder, source.exclude, SOURCE_DATE_EPOCH)
        if hash_tree(folder) != source.digest:
            raise BuildFailed("its source changed after it was read")
    except TreeError as problem:
        raise BuildFailed(f"cannot copy its source: {problem}") from None
