"""The folder that a build starts in: a private, writable copy of its source.

In: a source and a name for the folder. Out: the folder, filled and held against the
digest that the derivation has.
"""

import os
from collections.abc import Callable
from pathlib import Path

from ...ir.package import FetchedSource, LocalSource, PackageSource, SourcePatch
from ..fetch.fetcher import Fetcher
from ..files.copies import copy_tree, new_folder, set_times
from ..files.tree import hash_tree
from ..files.walk import TreeError
from .environment import SOURCE_DATE_EPOCH
from .result import Teller

__all__ = ["lay_out"]

# What fetches and unpacks is imported where it is used: it is as large as all the rest.


def lay_out(source: PackageSource, folder: Path, fetcher: Fetcher, tell: Teller) -> tuple[str, ...]:
    """Make a folder with what a source holds, its patches applied.

    Returns the commit that a tag or branch of git was. Raises FetchFailed if that cannot be had,
    BuildFailed if a program that it takes does not end.
    """
    if isinstance(source, LocalSource):
        tell.phase("unpacking")
        _copy(source, folder, fetcher.reporter.check)
        _patch(source.patches, folder, fetcher)
    elif not isinstance(source, FetchedSource):
        tell.phase("unpacking")
        new_folder(folder)
    elif source.type == "git":
        commit = _check_out(source, folder, fetcher)
        tell.phase("unpacking")
        _patch(source.patches, folder, fetcher)
        return () if commit == source.hash else (commit,)
    else:
        file = _download(source, fetcher)
        tell.phase("unpacking")
        _unpack(source, file, folder, fetcher.reporter.check)
        _patch(source.patches, _sole_folder(folder), fetcher)
        set_times(folder, SOURCE_DATE_EPOCH)
    return ()


def _copy(source: LocalSource, folder: Path, check: Callable[[], None]) -> None:
    from ..fetch.failure import cannot

    try:
        copy_tree(Path(source.path), folder, source.exclude, SOURCE_DATE_EPOCH, check)
        if hash_tree(folder, check=check) != source.digest:
            raise cannot(f"source '{source.path}' changed after it was read", source.span)
    except TreeError as problem:
        raise cannot(f"cannot copy source '{source.path}': {problem}", source.span) from None


def _check_out(source: FetchedSource, folder: Path, fetcher: Fetcher) -> str:
    from ..fetch.git import checkout

    return checkout(source, folder, SOURCE_DATE_EPOCH, fetcher)


def _download(source: FetchedSource, fetcher: Fetcher) -> Path:
    from ..fetch.cache import Wanted, fetch_file

    places = (source.span, source.hash_span)
    return fetch_file(Wanted(source.url, source.hash, source.hash_type, *places), fetcher)


def _unpack(source: FetchedSource, file: Path, folder: Path, check: Callable[[], None]) -> None:
    from ..fetch.failure import cannot
    from ..fetch.tree_writer import BadArchive
    from ..fetch.unpack import unpack

    assert source.filename is not None, "a download has a name"
    try:
        unpack(file, source.filename, folder, check)
    except BadArchive as problem:
        raise cannot(f"'{source.filename}' is not unpacked: {problem}", source.span) from None


def _patch(patches: tuple[SourcePatch, ...], folder: Path, fetcher: Fetcher) -> None:
    if patches:
        from ..fetch.patches import apply_patches

        apply_patches(patches, folder, fetcher)
        set_times(folder, SOURCE_DATE_EPOCH)


def _sole_folder(folder: Path) -> Path:
    """Return the one folder that most archives have at their top, else the whole."""
    with os.scandir(folder) as entries:
        found = list(entries)
    is_sole = len(found) == 1 and found[0].is_dir(follow_symlinks=False)
    return Path(found[0].path) if is_sole else folder
