"""What a build starts in: downloads, laid out."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builds import SPAN, Workshop, derive, local
from web import Web, web

from punix.ir.derivation import Derivation
from punix.ir.diagnostics import Code
from punix.ir.names import BinaryName
from punix.ir.package import FetchedSource, FixedSource, HashType, LocalPatch, SourcePatch
from punix.ir.span import Span
from punix.runtime.building import fixed_output
from punix.runtime.building.exclusive_output import own_copy
from punix.runtime.building.request import Limits
from punix.runtime.building.result import Result
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.fetch import download
from punix.runtime.files.tree import hash_tree, hash_tree_with

HASH_SPAN = Span("a.pcl", 2, 3)
COPY = "cp -R --preserve=timestamps . $OUTPUT/got"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop.at(tmp_path, sandbox_named("off"))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(download, "PAUSES", ())
    with web() as running:
        yield running


def archive(files: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as packed:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            info.mtime = 1_700_000_000
            packed.addfile(info, io.BytesIO(text.encode()))
    return made.getvalue()


def fetched(url: str, body: bytes, *patches: SourcePatch) -> FetchedSource:
    digest = hashlib.sha256(body).hexdigest()
    name, spans = BinaryName(url.rpartition("/")[2]), (SPAN, HASH_SPAN, HASH_SPAN)
    return FetchedSource("url", url, name, digest, "sha256", patches, *spans)


def got(shop: Workshop, order: Derivation) -> dict[str, str]:
    """Return what a build that copies its source found there."""
    top = shop.output(order) / "got"
    files = (path for path in sorted(top.rglob("*")) if path.is_file())
    return {str(path.relative_to(top)): path.read_text() for path in files}


def failure(shop: Workshop, order: Derivation) -> Result:
    [result] = shop.build(order)
    assert (result.status, result.log, shop.left()) == ("failed", None, [])
    assert result.diagnostic is not None
    return result


def test_an_archive_is_unpacked(shop: Workshop, site: Web) -> None:
    body = archive({"hello-1.0/README": "hi", "hello-1.0/src/a.c": "int a;"})
    script = "find . -printf '%T@\\n' | sort -u > $OUTPUT/times; " + COPY
    order = derive("Hello", script, source=fetched(site.put("/hello.tgz", body), body))
    shop.ok(order)
    assert got(shop, order) == {"hello-1.0/README": "hi", "hello-1.0/src/a.c": "int a;"}
    assert (shop.output(order) / "times").read_text() == "315532800.0000000000\n"
    told = [event.phase for event in shop.events if event.phase]
    assert list(dict.fromkeys(told)) == [
        "fetching",
        "unpacking",
        "building",
        "fixing",
        "registering",
    ]


def test_a_file_that_is_no_archive_has_its_name(shop: Workshop, site: Web) -> None:
    order = derive("Hello", COPY, source=fetched(site.put("/a.c", b"int a;"), b"int a;"))
    shop.ok(order)
    assert got(shop, order) == {"a.c": "int a;"}


def test_a_vendored_source_is_fetched_too(shop: Workshop, site: Web) -> None:
    one, two = archive({"a/b": "c"}), archive({"d/e": "f"})
    order = derive(
        "Hello",
        "cat a/b $VENDOR/d/e > $OUTPUT/got",
        source=fetched(site.put("/1", one), one),
        vendor=fetched(site.put("/2", two), two),
    )
    shop.ok(order)
    assert (shop.output(order) / "got").read_text() == "cf"


def test_every_source_that_fails_is_told(shop: Workshop, site: Web) -> None:
    wrong = derive("A", COPY, source=fetched(site.put("/a", b"a"), b"b"))
    missing = derive("B", COPY, source=fetched(site.url + "/b", b"b"))
    evil = archive({"../x": ""})
    hostile = derive("C", COPY, source=fetched(site.put("/c", evil), evil))
    good = derive("D", COPY, source=fetched(site.put("/d", b"d"), b"d"))
    results = shop.build(wrong, missing, hostile, good)
    assert [one.status for one in results] == ["failed", "failed", "failed", "ok"]
    found = [one.diagnostic for one in results if one.diagnostic]
    assert [one.code for one in found] == [Code.E10, Code.E31, Code.E31]
    assert [one.span for one in found] == [HASH_SPAN, SPAN, SPAN]
    assert found[2].message == "'c' is not unpacked: '../x' is not inside the source"


def test_what_is_valid_is_not_fetched(shop: Workshop, site: Web) -> None:
    order = derive("A", COPY, source=fetched(site.put("/a", b"a"), b"a"))
    shop.ok(order)
    shop.ok(order)
    assert len(site.requests) == 1


# Commands ----------------------------------------------------------------


@pytest.fixture(params=[pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
def each_shop(request: pytest.FixtureRequest, tmp_path: Path) -> Workshop:
    return Workshop.at(tmp_path, sandbox_named(request.param))


def digest_of(tmp_path: Path, files: Mapping[str, str], kind: str) -> str:
    folder = tmp_path / "expected"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return hash_tree_with(kind, folder)


@pytest.mark.parametrize("kind", ["sha256", "sha512", "blake3"])
def test_a_command_may_use_the_network(
    each_shop: Workshop, site: Web, tmp_path: Path, kind: HashType
) -> None:
    url = site.put("/list", b"text")
    get = f"import urllib.request as u; print(u.urlopen('{url}').read().decode(), end='')"
    command = f'echo run >> "$TMPDIR/runs"; python3 -c "{get}" > "$OUTPUT/list"'
    made = FixedSource(command, digest_of(tmp_path, {"list": "text"}, kind), kind, SPAN)
    order = derive("A", f"test ! -e $TMPDIR/runs; {COPY}", source=made)
    each_shop.ok(order)
    assert got(each_shop, order) == {"list": "text"}
    again = derive("B", COPY, source=made)
    each_shop.ok(again)
    assert got(each_shop, again) == {"list": "text"}
    assert len(site.requests) == 1


def test_a_vendor_command_starts_in_a_copy_of_the_source(
    each_shop: Workshop, tmp_path: Path
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/lock").write_text("wanted")
    tool = derive("Tool", "mkdir $OUTPUT/bin; ln -s /bin/cp $OUTPUT/bin/resolve")
    known = digest_of(tmp_path, {"got": "wanted"}, "sha256")
    vendor = FixedSource('resolve lock "$OUTPUT/got"; rm lock', known, "sha256", SPAN)
    order = derive(
        "A",
        "cat lock $VENDOR/got > $OUTPUT/both",
        source=local(tmp_path / "src"),
        vendor=vendor,
        inputs=[tool],
    )
    each_shop.ok(tool, order)
    assert (each_shop.output(order) / "both").read_text() == "wantedwanted"


def test_another_tree_is_e13(each_shop: Workshop, tmp_path: Path) -> None:
    got_hash = digest_of(tmp_path, {"a": "b\n"}, "sha256")
    for wanted, words in (
        ("", f"what the command makes has no hash yet: got {got_hash}"),
        ("0" * 64, f"has another hash: wanted sha256 {'0' * 64}, got {got_hash}"),
    ):
        source = FixedSource("echo b > $OUTPUT/a", wanted, "sha256", SPAN)
        result = failure(each_shop, derive("A", COPY, source=source))
        assert result.diagnostic is not None
        assert (result.diagnostic.code, result.diagnostic.span) == (Code.E13, SPAN)
        assert result.message.endswith(words)
        assert f'hash = "{got_hash}"' in (result.diagnostic.hint or "")


def test_what_is_kept_is_what_was_verified(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody outside may still write to a file that the command opened."""

    def changed_first(source: Path, *arguments: Any) -> None:
        (source / "a").write_text("evil\n")
        own_copy(source, *arguments)

    monkeypatch.setattr(fixed_output, "own_copy", changed_first)
    wanted = digest_of(tmp_path, {"a": "b\n"}, "sha256")
    source = FixedSource("echo b > $OUTPUT/a", wanted, "sha256", SPAN)
    result = failure(shop, derive("A", COPY, source=source))
    assert "another hash" in result.message
    assert list((shop.cache / "trees").glob("*.tree")) == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("echo no; exit 3", "the command of its source: build failed (rc=3) — last line: no"),
        ("true", "left OUTPUT empty"),
        ("mkfifo $OUTPUT/pipe", "'pipe': neither folder, file nor link"),
        ("echo $UNSET", "UNSET: unbound variable"),
    ],
)
def test_a_command_that_fails(shop: Workshop, command: str, words: str) -> None:
    [result] = shop.build(derive("A", COPY, source=FixedSource(command, "", "sha256", SPAN)))
    assert (result.status, shop.left()) == ("failed", [])
    assert words in result.message


def test_a_link_in_place_of_its_output_is_not_followed(each_shop: Workshop, tmp_path: Path) -> None:
    known = digest_of(tmp_path, {"key": "secret"}, "sha256")
    command = f"rmdir $OUTPUT; ln -s {tmp_path}/expected $OUTPUT"
    source = FixedSource(command, known, "sha256", SPAN)
    [result] = each_shop.build(derive("A", COPY, source=source))
    assert result.message == "the command of its source left no folder at OUTPUT"


def test_what_a_command_writes_has_the_limits_of_a_build(each_shop: Workshop) -> None:
    source = FixedSource("head -c 100000 /dev/zero > $OUTPUT/a; sleep 1000", "", "sha256", SPAN)
    [result] = each_shop.build(derive("A", COPY, source=source), limits=Limits(output=50_000))
    assert "wrote more than 48.8 KiB: raise --max-output" in result.message


def test_what_is_kept_of_a_command_is_verified(shop: Workshop, tmp_path: Path) -> None:
    known = digest_of(tmp_path, {"a": "b\n"}, "sha256")
    source = FixedSource("echo b > $OUTPUT/a", known, "sha256", SPAN)
    shop.ok(derive("A", COPY, source=source))
    (kept,) = (shop.cache / "trees").glob("*.tree")
    (kept / "a").write_text("damaged")
    again = derive("B", COPY, source=source)
    shop.ok(again)
    assert got(shop, again) == {"a": "b\n"}


# Patches -----------------------------------------------------------------

FIX = "--- a/text\n+++ b/text\n@@ -1 +1 @@\n-old\n+new\n"


@pytest.mark.patch
def test_patches_are_applied_where_the_files_are(shop: Workshop, site: Web, tmp_path: Path) -> None:
    (tmp_path / "fix.patch").write_text(FIX)
    file = tmp_path / "fix.patch"
    patch = LocalPatch(hash_tree(file), 1, str(file), "", SPAN, HASH_SPAN)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/text").write_text("old\n")
    body = archive({"top-1.0/text": "old\n"})
    times = "find . -printf '%T@\\n' | sort -u > $OUTPUT/times; "
    down = derive("A", times + COPY, source=fetched(site.put("/a", body), body, patch))
    own = derive("B", times + COPY, source=replace(local(tmp_path / "src"), patches=(patch,)))
    shop.ok(down, own)
    assert got(shop, down) == {"top-1.0/text": "new\n"}
    assert got(shop, own) == {"text": "new\n"}
    for order in (down, own):
        assert (shop.output(order) / "times").read_text() == "315532800.0000000000\n"
    assert (tmp_path / "src/text").read_text() == "old\n"
