"""What is told of a source before anything is fetched."""

from dataclasses import replace

import pytest

from punix.ir.names import BinaryName, Digest
from punix.ir.package import (
    FetchedSource,
    FixedSource,
    HashType,
    LocalPatch,
    LocalSource,
    NoSource,
    PackageSource,
    Patch,
)
from punix.ir.source_faults import source_faults
from punix.ir.span import Span

SPAN, HASH, TREE = (Span("a.pcl", at, at + 1) for at in (0, 2, 4))
OTHER = Span("a.pcl", 6, 7)
SHA = "0" * 64
PATCHED = (
    Patch("ftp://a/b", "x", 1, OTHER, OTHER),
    LocalPatch(Digest(SHA), 1, "p", "y", SPAN, OTHER),
)
SHORT = {"sha256": "has 64 hex", "sha512": "has 128 hex", "blake3": "has 64 hex"}


def url(place: str = "https://a/b", digest: str = SHA, kind: HashType = "sha256") -> FetchedSource:
    return FetchedSource("url", place, BinaryName("b"), digest, kind, (), SPAN, HASH, HASH)


def git(
    place: str = "https://a/b", tree: str | None = None, kind: HashType = "blake3"
) -> FetchedSource:
    return FetchedSource("git", place, None, "main", kind, (), SPAN, HASH, TREE, tree)


@pytest.mark.parametrize(
    "source",
    [
        NoSource(),
        LocalSource(Digest(SHA), "a", (), SPAN),
        url(),
        url(digest=""),
        url(digest="f" * 128, kind="sha512"),
        url("file:///a"),
        url("mirror://gnu/a"),
        git(),
        git("user@host:path", SHA),
        git("../a", "f" * 128, "sha512"),
        FixedSource("true", "", "blake3", HASH),
    ],
)
def test_what_can_be_fetched(source: PackageSource) -> None:
    assert list(source_faults(source)) == []


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (url("ftp://a/b", "00"), [("E31", "by 'ftp'"), ("E10", SHORT["sha256"])]),
        (url("mirror://gnu2/a"), [("E31", "no mirror is called 'gnu2'")]),
        (url(digest="g" * 64), [("E10", SHORT["sha256"])]),
        (url(digest=SHA, kind="sha512"), [("E10", SHORT["sha512"])]),
        (url(digest="../../../x"), [("E10", SHORT["sha256"])]),
        (git("git://a/b", "x"), [("E31", "by 'git'"), ("E10", SHORT["blake3"])]),
        (git("http://a/b", SHA, "sha512"), [("E31", "http"), ("E10", SHORT["sha512"])]),
        (FixedSource("true", "x", "sha256", HASH), [("E13", SHORT["sha256"])]),
    ],
)
def test_what_cannot_be_fetched(source: PackageSource, wanted: list[tuple[str, str]]) -> None:
    found = list(source_faults(source))
    assert [fault.code for fault in found] == [code for code, _ in wanted]
    for fault, (_, words) in zip(found, wanted, strict=True):
        assert words in fault.message
        digest = TREE if isinstance(source, FetchedSource) and source.type == "git" else HASH
        assert fault.span == (SPAN if fault.code == "E31" else digest)


def test_patches_are_looked_at_too() -> None:
    for source in (
        LocalSource(Digest(SHA), "a", (), SPAN, PATCHED),
        replace(url(), patches=PATCHED),
    ):
        found = list(source_faults(source))
        assert [fault.code for fault in found] == ["E31", "E10", "E10"]
        assert {fault.span for fault in found} == {OTHER}
