"""The patches of a source: got, verified, applied in their order.

In: patches of a program, a folder. Out: the folder, changed; or a located error.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...ir.diagnostics import Code
from ...ir.package import LocalPatch, SourcePatch
from ...ir.urls import shown
from ..files.copies import copy_tree
from ..files.hashes import hash_file
from ..files.tree import hash_tree
from ..files.walk import TreeError
from .cache import Wanted, fetch_file
from .failure import Expected, cannot, mismatch
from .fetcher import Fetcher
from .patch import BadPatch, apply_patch
from .program import need

__all__ = ["apply_patches"]


def apply_patches(patches: Sequence[SourcePatch], folder: Path, fetcher: Fetcher) -> None:
    """Apply patches to the files of a folder.

    Raises FetchFailed: E10 for one that its hash does not describe, E31 for one that cannot
    be had or does not apply.
    """
    for patch in patches:
        need("patch", patch.span)
        with tempfile.TemporaryDirectory() as scratch:
            file = _file(patch, Path(scratch), fetcher)
            try:
                apply_patch(file, patch.strip, folder, fetcher)
            except BadPatch as problem:
                raise cannot(f"{_called(patch)} does not apply: {problem}", patch.span) from None


def _file(patch: SourcePatch, scratch: Path, fetcher: Fetcher) -> Path:
    """Return the verified text of a patch."""
    if not isinstance(patch, LocalPatch):
        wanted = Wanted(patch.url, patch.hash, "sha256", patch.span, patch.hash_span)
        return fetch_file(wanted, fetcher)
    copy = scratch / "patch"
    try:
        copy_tree(Path(patch.path), copy, (), 0)
        if hash_tree(copy) != patch.digest:
            raise cannot(f"{_called(patch)} changed after it was read", patch.span)
    except TreeError as problem:
        raise cannot(f"cannot read {_called(patch)}: {problem}", patch.span) from None
    file = copy / Path(patch.path).name
    if not file.is_file() or file.is_symlink():
        raise cannot(f"{_called(patch)} is no file", patch.span)
    got = hash_file(file, "sha256")
    if patch.hash not in ("", got):
        what = _called(patch)
        raise mismatch(Code.E10, what, Expected("sha256", patch.hash, patch.hash_span), got)
    return file


def _called(patch: SourcePatch) -> str:
    place = patch.path if isinstance(patch, LocalPatch) else shown(patch.url)
    return f"patch '{place}'"
