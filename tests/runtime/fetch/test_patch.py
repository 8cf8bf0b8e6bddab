"""Patches, honest and hostile, with the real program."""

import hashlib
import os
import stat
from pathlib import Path

import pytest
from web import Web

from punix.ir.diagnostics import Code
from punix.ir.package import LocalPatch, Patch, SourcePatch
from punix.ir.span import Span
from punix.runtime.fetch.failure import FetchFailed
from punix.runtime.fetch.fetcher import Fetcher
from punix.runtime.fetch.patches import apply_patches
from punix.runtime.files.tree import hash_tree

pytestmark = pytest.mark.patch
SPAN, HASH_SPAN = Span("a.pcl", 3, 4), Span("a.pcl", 5, 6)

UNIFIED = """--- a/text
+++ b/text
@@ -1,3 +1,3 @@
 one
-two
+2
 three
"""
CONTEXT = """*** a/text\t2020-01-01
--- b/text\t2020-01-01
***************
*** 1,3 ****
  one
! two
  three
--- 1,3 ----
  one
! 2
  three
"""
GIT = """diff --git a/text b/new/name
similarity index 50%
rename from text
rename to new/name
--- a/text
+++ b/new/name
@@ -1,3 +1,3 @@
 one
-two
+2
 three
diff --git a/run b/run
new file mode 100755
--- /dev/null
+++ b/run
@@ -0,0 +1 @@
+#!/bin/sh
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    (made / "text").write_text("one\ntwo\nthree\n")
    return made


def local(folder: Path, text: str, strip: int = 1, known: str = "") -> LocalPatch:
    path = folder.parent / "fix.patch"
    path.write_text(text)
    return LocalPatch(hash_tree(path), strip, str(path), known, SPAN, HASH_SPAN)


def refused(fetcher: Fetcher, patch: SourcePatch, folder: Path) -> str:
    with pytest.raises(FetchFailed) as caught:
        apply_patches([patch], folder, fetcher)
    found = caught.value.diagnostic
    assert (found.span, found.code) == (SPAN, Code.E31)
    return found.message


@pytest.mark.parametrize("text", [UNIFIED, CONTEXT, "Subject: a mail\n\n" + UNIFIED + "-- \n2.0\n"])
def test_both_formats(fetcher: Fetcher, folder: Path, text: str) -> None:
    apply_patches([local(folder, text)], folder, fetcher)
    assert (folder / "text").read_text() == "one\n2\nthree\n"
    assert os.listdir(folder) == ["text"]


def test_what_git_writes(fetcher: Fetcher, folder: Path) -> None:
    apply_patches([local(folder, GIT)], folder, fetcher)
    assert (folder / "new/name").read_text() == "one\n2\nthree\n"
    assert stat.S_IMODE((folder / "run").stat().st_mode) == 0o755
    assert sorted(os.listdir(folder)) == ["new", "run"]


def test_components_are_dropped_and_the_order_kept(fetcher: Fetcher, folder: Path) -> None:
    flat = UNIFIED.replace("a/text", "text").replace("b/text", "text")
    again = UNIFIED.replace("a/text", "/x/y/text").replace("b/text", "../y/z/text")
    again = again.replace("+2", "+zwei").replace("-two", "-2")
    apply_patches([local(folder, flat, strip=0)], folder, fetcher)
    apply_patches([local(folder, again, strip=3)], folder, fetcher)
    assert (folder / "text").read_text() == "one\nzwei\nthree\n"


def test_from_a_url(fetcher: Fetcher, folder: Path, site: Web) -> None:
    url = site.put("/fix.patch", UNIFIED.encode())
    digest = hashlib.sha256(UNIFIED.encode()).hexdigest()
    with pytest.raises(FetchFailed, match="has another hash") as caught:
        apply_patches([Patch(url, "0" * 64, 1, SPAN, HASH_SPAN)], folder, fetcher)
    found = caught.value.diagnostic
    assert (found.code, found.span) == (Code.E10, HASH_SPAN)
    apply_patches([Patch(url, digest, 1, SPAN, HASH_SPAN)], folder, fetcher)
    assert (folder / "text").read_text() == "one\n2\nthree\n"


def test_a_local_patch_is_held_against_what_is_known(fetcher: Fetcher, folder: Path) -> None:
    digest = hashlib.sha256(UNIFIED.encode()).hexdigest()
    with pytest.raises(FetchFailed, match="has another hash") as caught:
        apply_patches([local(folder, UNIFIED, known="0" * 64)], folder, fetcher)
    found = caught.value.diagnostic
    assert (found.code, found.span) == (Code.E10, HASH_SPAN)
    patch = local(folder, UNIFIED, known=digest)
    (folder.parent / "fix.patch").write_text("changed")
    assert "changed after it was read" in refused(fetcher, patch, folder)
    apply_patches([local(folder, UNIFIED, known=digest)], folder, fetcher)


def test_one_that_does_not_fit(fetcher: Fetcher, folder: Path) -> None:
    (folder / "text").write_text("one\n\ntwo\nthree\n")
    message = refused(fetcher, local(folder, UNIFIED), folder)
    assert message.startswith(f"patch '{folder.parent}/fix.patch' does not apply: ")
    assert "1 out of 1 hunk FAILED" in message


def test_one_that_was_applied_already(fetcher: Fetcher, folder: Path) -> None:
    apply_patches([local(folder, UNIFIED)], folder, fetcher)
    refused(fetcher, local(folder, UNIFIED), folder)
    assert (folder / "text").read_text() == "one\n2\nthree\n"


LINK = """diff --git a/link b/link
new file mode 120000
--- /dev/null
+++ b/link
@@ -0,0 +1 @@
+{}
\\ No newline at end of file
diff --git a/link/x b/link/x
new file mode 100644
--- /dev/null
+++ b/link/x
@@ -0,0 +1 @@
+out
"""


@pytest.mark.parametrize(
    ("text", "strip", "words"),
    [
        ("2c\n2\n.\nw ../out\n", 1, "neither a unified nor a context diff"),
        ("!touch ../out\n", 1, "neither a unified nor a context diff"),
        ("", 1, "neither a unified nor a context diff"),
        (UNIFIED.replace("b/text", "b/../../out"), 1, "'b/../../out' is not inside the source"),
        (UNIFIED.replace("a/text", "a/../out"), 1, "'a/../out' is not inside the source"),
        (UNIFIED.replace("b/text", "/etc/out"), 0, "'/etc/out' is not inside the source"),
        (GIT.replace("rename to new/name", "rename to ../out"), 1, "'../out' is not inside"),
        (UNIFIED.replace("a/text", "gone").replace("b/text", "gone"), 0, "gone"),
        (LINK.format(".."), 1, ""),
        (LINK.format("OUTSIDE"), 1, ""),
    ],
)
def test_hostile_patches(fetcher: Fetcher, folder: Path, text: str, strip: int, words: str) -> None:
    before = sorted(os.listdir(folder.parent))
    patch = local(folder, text.replace("OUTSIDE", str(folder.parent)), strip)
    assert words in refused(fetcher, patch, folder)
    after = sorted(os.listdir(folder.parent))
    assert [name for name in after if name not in before] == ["fix.patch"]
