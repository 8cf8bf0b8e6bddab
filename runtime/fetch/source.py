"""Local sources: where they lie, and what they hold.

In: a path and patterns that a program names. Out: its digest, or a located E17 or E1.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ...ir.diagnostics import Code, Collector, Diagnostic, ProgramError
from ...ir.names import Digest
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ..files.stat_cache import StatCache
from ..files.tree import hash_tree
from ..files.walk import TreeError

__all__ = ["missing", "patterns_fit", "source_digest", "source_exists"]


def source_exists(path: str | Path, span: Span | None, found: Collector) -> None:
    """Add an E17 if there is no such folder or file, or a link to a file.

    A link to a folder stands for that; the name of a file is part of what a build is given.
    """
    if not os.path.exists(path):
        found.add(missing(path, span))
    elif os.path.islink(path) and not os.path.isdir(path):
        hint = f"write '{os.path.realpath(path)}', if that is meant"
        found.error(Code.E17, f"source '{path}' is a link to a file", span, hint=hint)


def patterns_fit(exclude: Sequence[str], span: Span | None, found: Collector) -> None:
    """Add an E1 if one of the `.gitignore`-style patterns is none."""
    if exclude:
        from pathspec import GitIgnoreSpec  # compiles regular expressions

        try:
            GitIgnoreSpec.from_lines(exclude)
        except ValueError as problem:
            found.error(Code.E1, str(problem), span)


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
        hint = f"'{problem.path}' can be left out with 'exclude'" if path.is_dir() else None
        raise _refused(Code.E17, f"source '{path}': {problem}", span, hint) from None
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


def _refused(code: Code, message: str, span: Span | None, hint: str | None = None) -> ProgramError:
    return ProgramError([Diagnostic(code, message, span, hint=hint)])
