"""Downloads over https: who is believed to be whom."""

import hashlib
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web import Web, web

from punix.ir.diagnostics import Code
from punix.ir.package import FetchedSource
from punix.ir.span import Span
from punix.runtime.fetch import download
from punix.runtime.fetch.cache import Wanted, fetch_file
from punix.runtime.fetch.failure import FetchFailed
from punix.runtime.fetch.fetcher import Fetcher
from punix.runtime.fetch.git import checkout

pytestmark = pytest.mark.tls
SPAN = Span("a.pcl", 0, 1)
BODY = bytes(300_000)
CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    *("-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"),
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and the certificate of `localhost` that it has signed itself."""
    folder = tmp_path_factory.mktemp("tls")
    files = ("-keyout", folder / "key", "-out", folder / "certificate")
    subprocess.run([*CERTIFICATE, *files], capture_output=True, check=True)
    both = (folder / "key").read_bytes() + (folder / "certificate").read_bytes()
    (folder / "both").write_bytes(both)
    return folder / "both"


@pytest.fixture
def secure(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server whose certificate is trusted."""
    monkeypatch.setattr(download, "PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with web(context) as running:
        yield running


def fetch(url: str, fetcher: Fetcher) -> bytes:
    digest = hashlib.sha256(BODY).hexdigest()
    return fetch_file(Wanted(url, digest, "sha256", SPAN, SPAN), fetcher).read_bytes()


def refused(url: str, fetcher: Fetcher) -> str:
    with pytest.raises(FetchFailed) as caught:
        fetch(url, fetcher)
    assert caught.value.diagnostic.code == Code.E31
    return str(caught.value)


def test_a_file_is_fetched_and_gone_on_with(secure: Web, fetcher: Fetcher) -> None:
    assert fetch(secure.put("/a", BODY, cuts=[100_000]), fetcher) == BODY
    assert len(secure.requests) == 2


def test_who_is_not_trusted_is_asked_for_nothing(
    secure: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = secure.put("/a", BODY)
    elsewhere = url.replace("localhost", "127.0.0.1")
    assert "its certificate is not trusted: IP address mismatch" in refused(elsewhere, fetcher)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "its certificate is not trusted: self-signed certificate" in refused(url, fetcher)
    assert secure.requests == []


def test_a_redirect_stays_with_tls(secure: Web, site: Web, fetcher: Fetcher) -> None:
    secure.put("/b", BODY)
    secure.put("/a", location="/b")
    assert fetch(site.put("/up", location=secure.url + "/a"), fetcher) == BODY
    plain = site.put("/a", BODY + b"x")
    digest = hashlib.sha256(BODY + b"x").hexdigest()
    with pytest.raises(FetchFailed, match=f"it leads to '{plain}'"):
        fetch_file(Wanted(secure.put("/c", location=plain), digest, "sha256", SPAN, SPAN), fetcher)
    assert [path for path, _ in site.requests] == ["/up"]


@pytest.mark.git
def test_git_trusts_whom_downloads_trust_and_tells_nobody_else_a_password(
    secure: Web, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> str:
        person = ("-c", "user.name=A", "-c", "user.email=a@b")
        command = ["git", *person, "-C", str(tmp_path / "r"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    (tmp_path / "r").mkdir()
    git("init", "-q", "-b", "main")
    (tmp_path / "r/text").write_text("hi")
    git("add", "text")
    git("commit", "-q", "-m", "m")
    git("update-server-info")  # so that files are enough to fetch from
    for path in (tmp_path / "r/.git").rglob("*"):
        if path.is_file():
            name = f"/r.git/{path.relative_to(tmp_path / 'r/.git')}"
            for query in ("", "?service=git-upload-pack"):
                secure.put(name + query, path.read_bytes())
    seen: list[str] = []

    def run(words: Sequence[str], *rest: Any) -> tuple[int, str]:
        seen.extend(words)
        return fetcher.run(words, *rest)

    url = secure.url.replace("https://", "https://me:p%40ss@") + "/r.git"
    source = FetchedSource("git", url, None, "main", "blake3", (), SPAN, SPAN, SPAN)
    watched = replace(fetcher, run=run)
    assert checkout(source, tmp_path / "into", 0, watched) == git("rev-parse", "HEAD")
    assert (tmp_path / "into/text").read_text() == "hi"
    assert {headers.get("Authorization") for _, headers in secure.requests} == {
        "Basic bWU6cEBzcw=="
    }
    assert f"{secure.url}/r.git" in seen
    assert "ss@" not in "".join(seen)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(FetchFailed, match="certificate"):
        checkout(source, tmp_path / "again", 0, fetcher)
