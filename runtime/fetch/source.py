"""Local sources: where they lie, and what they hold.

In: a path that a program names. Out: its digest, or a located E17.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ...ir.diagnostics import Code, Collector, Diagnostic, ProgramError
from ...ir.names import Digest
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ..files.stat_cache import StatCache
from ..files.tree import TreeError, hash_tree

__all__ = ["missing", "source_digest", "source_exists"]


def source_exists(path: str | Path, span: Span | None, found: Collector) -> None:
    """Add an E17 if there is no such folder or file."""
    if not os.path.exists(path):
        found.add(missing(path, span))


def source_digest(
    path: str | Path, exclude: Sequence[str], span: Span | None, cache: Path | None = None
) -> Digest:
    """Return the identity of a folder's or file's contents.

    `cache` is the folder that remembers unchanged files; `span` is the place to blame.
    Raises ProgramError: E17 if it cannot be read or has no form, E1 for a bad pattern.
    """
    path = Path(path)
    if not path.exists():
        raise ProgramError([missing(path, span)])
    digests = StatCache.of_tree(cache, path) if cache else None
    try:
        digest = hash_tree(path, exclude, digests=digests)
    except TreeError as problem:
        raise _refused(Code.E17, f"source '{path}': {problem}", span) from None
    except ValueError as problem:
        raise _refused(Code.E1, f"'exclude' of source '{path}': {problem}", span) from None
    if digests:
        digests.save()
    return digest


def missing(path: str | Path, span: Span | None) -> Diagnostic:
    """Return an E17 for a path at which nothing is, with the nearest name there."""
    folder, name = os.path.split(path)
    try:
        near = did_you_mean(name, os.listdir(folder or "."))
    except OSError:
        near = None
    hint = near or "a path is relative to the file in which it is written"
    return Diagnostic(Code.E17, f"no such source: '{path}'", span, hint=hint)


def _refused(code: Code, message: str, span: Span | None) -> ProgramError:
    return ProgramError([Diagnostic(code, message, span)])
