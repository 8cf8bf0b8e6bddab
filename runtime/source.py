"""Local sources: where they lie, and what they hold.

In: a path that a program names. Out: its digest, or a located E17.
"""

from collections.abc import Sequence
from pathlib import Path

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import Digest
from ..ir.package import LocalSource
from ..ir.span import Span
from .stat_cache import StatCache
from .tree import TreeError, hash_tree

__all__ = ["local_path", "source_digest"]


def local_path(source: LocalSource) -> Path:
    """Return where a source lies: relative to the file in which its path stands."""
    return Path(source.span.file).parent / source.path


def source_digest(
    path: Path, exclude: Sequence[str], cache: Path | None, span: Span | None
) -> Digest:
    """Return the identity of a folder's or file's contents.

    `cache` is the folder that remembers unchanged files; `span` is the place to blame.
    Raises ProgramError: E17 if it cannot be read or has no form, E1 for a bad pattern.
    """
    if not path.exists():
        raise _refused(Code.E17, f"no such source: '{path}'", span)
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


def _refused(code: Code, message: str, span: Span | None) -> ProgramError:
    return ProgramError([Diagnostic(code, message, span)])
