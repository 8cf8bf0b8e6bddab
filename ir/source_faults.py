"""What can be said of a source before it is fetched: it cannot be, or no bytes can have its hash.

In: a source. Out: diagnostics. `check` shows them as warnings, for the program is one; who
builds is refused.
"""

import re
from collections.abc import Iterator, Mapping

from .diagnostics import Code, Diagnostic
from .mirrors import MIRRORS
from .package import FetchedSource, FixedSource, HashType, LocalPatch, LocalSource, PackageSource
from .span import Span

__all__ = ["UNFETCHED", "source_faults"]

HASH_DIGITS: Mapping[HashType, int] = {"sha256": 64, "sha512": 128, "blake3": 64}
"""The hexadecimal digits of each."""

UNFETCHED = {"url": ("ftp",), "git": ("http", "git")}
"""Schemes that old recipes have."""


def source_faults(source: PackageSource) -> Iterator[Diagnostic]:
    """Yield what is wrong with a source and with its patches."""
    if isinstance(source, FixedSource):
        yield from _hash(Code.E13, source.hash, source.hash_type, source.hash_span)
    if isinstance(source, FetchedSource):
        yield from _fetched(source)
    if isinstance(source, FetchedSource | LocalSource):
        for patch in source.patches:
            place = patch.path if isinstance(patch, LocalPatch) else patch.url
            yield from _scheme("url", place, patch.span)
            yield from _hash(Code.E10, patch.hash, "sha256", patch.hash_span)


def _fetched(source: FetchedSource) -> Iterator[Diagnostic]:
    yield from _scheme(source.type, source.url, source.span)
    if source.type == "url":
        yield from _hash(Code.E10, source.hash, source.hash_type, source.hash_span)
    elif source.tree_hash:
        kind, span = source.hash_type, source.tree_span
        yield from _hash(Code.E10, source.tree_hash, kind, span, "treeHash")


def _scheme(kind: str, url: str, span: Span) -> Iterator[Diagnostic]:
    scheme, found, rest = url.partition("://")
    name = rest.partition("/")[0]
    if scheme == "mirror" and name not in MIRRORS:  # a later version may have written it
        yield Diagnostic(Code.E31, f"no mirror is called '{name}'", span)
    if found and scheme in UNFETCHED[kind]:
        message = f"nothing is fetched by '{scheme}'"
        yield Diagnostic(Code.E31, message, span, hint="write https://")


def _hash(
    code: Code, text: str, kind: HashType, span: Span, field: str = "hash"
) -> Iterator[Diagnostic]:
    """Look at the digest that a field says; an empty one is not known yet."""
    digits = HASH_DIGITS[kind]
    if text and re.fullmatch(f"[0-9a-f]{{{digits}}}", text) is None:
        hint = f'write {field} = "" and build: the error says what it is'
        yield Diagnostic(code, f"a {kind} hash has {digits} hexadecimal digits", span, hint=hint)
