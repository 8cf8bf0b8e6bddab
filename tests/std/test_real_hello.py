"""GNU hello, from the source package that Debian has of it: real software, not made for a test."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest
from real_builds import Site, said_by

from punix.runtime.fetch.unpack import unpack

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("PUNIX_TEST_SOURCES") or Path.home() / ".cache/punix-tests/sources")
"""Read now: tests run with a home folder of their own."""

HELLO = """\
module Hello {
  pname = "hello"
  version = "2.10"
  recipe = "std.autotools"
  recipeArgs = { configure_flags = ["--disable-nls", "--disable-dependency-tracking"] }
  source = { type = "local" path = "./hello" }
}
"""


def debian_source(package: str) -> Path:
    """Return the upstream archive of a Debian source package, fetched at its first use."""
    folder = CACHE / package
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{package}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            script = ROOT / ".ci" / "debian-source"
            done = subprocess.run(
                [script, package, folder], capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                cannot = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
                cannot(f"the source of {package} cannot be had: {done.stderr}")
    (found,) = folder.glob("*.orig.tar.*z")
    return found


@pytest.mark.sandbox
@pytest.mark.cc
@pytest.mark.apt
def test_gnu_hello(site: Site) -> None:
    unpack(debian_source("hello"), "hello.tar", site.folder / "hello", lambda: None)
    hello = site.build(HELLO)["Hello"]
    assert said_by(hello / "bin" / "hello", "--greeting=hi") == "hi\n"
    assert said_by(hello / "bin" / "hello", "--version").startswith("hello (GNU Hello) 2.10\n")
    assert (hello / "share/man/man1/hello.1").exists()
    assert (hello / "share/info/hello.info").exists()
    assert not (hello / "share/info/dir").exists()
