"""Where two trees differ.

In: two folders. Out: the paths, in the order of their bytes, at which they differ in what
`tree.hash_tree` looks at, and how.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .walk import walk

__all__ = ["Difference", "differences", "first_difference"]

BUFFER_SIZE = 1 << 20
SHOWN_BYTES = 8

What = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A path below one or both trees, and how they differ there; bytes are counted from 0."""

    path: str
    how: str
    what: What

    def __str__(self) -> str:
        return f"'{self.path}' {self.how}"


def first_difference(first: Path, second: Path) -> Difference | None:
    """Return the first of `differences`, and raise as it does; None if the trees are the same."""
    return next(differences(first, second), None)


def differences(first: Path, second: Path) -> Iterator[Difference]:
    """Compare names, kinds, link targets and bytes.

    Raises TreeError for a folder that cannot be listed, OSError for a file that cannot be read.
    """
    ours, theirs = _kinds(first), _kinds(second)
    for path in sorted(ours.keys() | theirs.keys(), key=os.fsencode):
        how = _difference(ours.get(path), theirs.get(path), first / path, second / path)
        if how is not None:
            yield Difference(path, how, _what(path in ours, path in theirs))


def _what(in_first: bool, in_second: bool) -> What:
    if in_first and in_second:
        return "changed"
    return "removed" if in_first else "added"


def _kinds(tree: Path) -> dict[str, str]:
    return {found.path: _kind(found.entry.stat(follow_symlinks=False)) for found in walk(tree)}


def _kind(status: os.stat_result) -> str:
    if stat.S_ISDIR(status.st_mode):
        return "a folder"
    if stat.S_ISLNK(status.st_mode):
        return "a link"
    return "an executable file" if status.st_mode & stat.S_IXUSR else "a file"


def _difference(kind: str | None, other: str | None, first: Path, second: Path) -> str | None:
    if kind != other:
        return f"is {kind or 'missing'} in the first, {other or 'missing'} in the second"
    if kind == "a folder":
        return None
    if kind == "a link":
        ours, theirs = os.readlink(first), os.readlink(second)
        return (
            None
            if ours == theirs
            else f"leads to '{ours}' in the first, to '{theirs}' in the second"
        )
    return _difference_in_bytes(first, second)


def _difference_in_bytes(first: Path, second: Path) -> str | None:
    offset = 0
    with first.open("rb") as ours, second.open("rb") as theirs:
        while True:
            left, right = ours.read(BUFFER_SIZE), theirs.read(BUFFER_SIZE)
            if left != right:
                break
            if not left:
                return None
            offset += len(left)
    at = _common(left, right)
    shown = [part[at : at + SHOWN_BYTES].hex(" ") or "its end" for part in (left, right)]
    return f"differs at byte {offset + at}: {shown[0]} in the first, {shown[1]} in the second"


def _common(left: bytes, right: bytes) -> int:
    """Return how many bytes two different texts have in common at their beginning."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(left), len(right)))
