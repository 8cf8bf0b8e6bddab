"""Downloads by their hash: each is fetched once, and believed only when it fits.

In: what is wanted: a URL and a hash. Out: the path of a file that has that hash, or a
located E10 or E31.

    <cache>/downloads/<kind>-<hash>         verified when it was put here, and each time it is used
    <cache>/downloads/<kind>-<hash>.part    under way; kept when the command is killed
    <cache>/downloads/<kind>-<hash>.lock    held by who downloads it; never removed
"""

from pathlib import Path

from blake3 import blake3

from ...ir.diagnostics import Code
from ...ir.mirrors import places
from ...ir.node import Frozen, frozen
from ...ir.span import Span
from ...ir.urls import shown
from ..files.fs import make_folder
from ..files.hashes import hash_file
from .connection import Unreachable
from .download import begun, discard, download, finish
from .failure import Expected, FetchFailed, cannot, mismatch
from .fetcher import Fetcher
from .reporter import Reporter

__all__ = ["Wanted", "fetch_file"]


@frozen
class Wanted(Frozen):
    """A file by URL and hash (hexadecimal, empty if nobody knows it yet), and where each stands."""

    url: str
    hash: str
    kind: str
    span: Span
    hash_span: Span


def fetch_file(wanted: Wanted, fetcher: Fetcher) -> Path:
    """Return a file that has the wanted hash, downloaded if it was not there.

    Raises FetchFailed: E10 for another hash, of which nothing is kept, or for none, of which what
    came is kept under the hash that it has; E31 if no place has it.
    """
    folder, reporter = fetcher.cache / "downloads", fetcher.reporter
    make_folder(folder, 0o700)
    name = f"{wanted.kind}-{wanted.hash or 'of-' + blake3(wanted.url.encode()).hexdigest()}"
    kept, part = folder / name, folder / f"{name}.part"
    with reporter.holding(folder / f"{name}.lock"):
        if kept.exists():
            if hash_file(kept, wanted.kind) == wanted.hash:
                return kept
            kept.unlink()
        if not begun(part):
            _download(wanted, part, reporter)
        elif hash_file(part, wanted.kind) != wanted.hash:
            _go_on(wanted, part, reporter)
        finish(part, kept)
    return kept


def _go_on(wanted: Wanted, part: Path, reporter: Reporter) -> None:
    """Complete a beginning; one that turns out to be of another file is not the last word."""
    try:
        _download(wanted, part, reporter)
    except FetchFailed as failure:
        if failure.diagnostic.code != Code.E10:
            raise
        _download(wanted, part, reporter)


def _download(wanted: Wanted, part: Path, reporter: Reporter) -> None:
    """Fill `part` from the first place that has what is wanted; others may have other bytes."""
    problems, others = [], []
    for place in places(wanted.url):
        try:
            download(place, part, reporter)
        except Unreachable as problem:
            problems.append(f"cannot get '{shown(place)}': {problem}")
            continue
        got = hash_file(part, wanted.kind)
        if got == wanted.hash:
            return
        if not wanted.hash:  # kept by what it is, for who writes that down now
            finish(part, part.with_name(f"{wanted.kind}-{got}"))
            raise _other(wanted, place, got)
        discard(part)
        others.append(_other(wanted, place, got))
    raise others[0] if others else cannot("; ".join(problems), wanted.span)


def _other(wanted: Wanted, place: str, got: str) -> FetchFailed:
    expected = Expected(wanted.kind, wanted.hash, wanted.hash_span)
    return mismatch(Code.E10, f"'{shown(place)}'", expected, got)
