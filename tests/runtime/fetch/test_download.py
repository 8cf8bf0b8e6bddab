"""Downloads: what is believed, what is kept, and how often a server is asked."""

import hashlib
import os
import random
import threading
from pathlib import Path

import pytest
from blake3 import blake3
from web import Web

from punix.ir import mirrors
from punix.ir.diagnostics import Code
from punix.ir.span import Span
from punix.runtime.fetch import download
from punix.runtime.fetch.cache import Wanted, fetch_file
from punix.runtime.fetch.failure import FetchFailed
from punix.runtime.fetch.fetcher import Fetcher
from punix.runtime.files.lock import LockHeld, hold
from punix.runtime.files.stop import Interrupted

SPAN, HASH_SPAN = Span("a.pcl", 0, 1), Span("a.pcl", 2, 3)
BODY = random.Random(0).randbytes(700_000)
SHA = hashlib.sha256(BODY).hexdigest()


def wanted(url: str, body: bytes = BODY, kind: str = "sha256") -> Wanted:
    made = blake3(body) if kind == "blake3" else hashlib.new(kind, body)
    return Wanted(url, made.hexdigest(), kind, SPAN, HASH_SPAN)


def kept(fetcher: Fetcher) -> list[str]:
    """Return what the cache holds, without locks."""
    names = (path.name for path in (fetcher.cache / "downloads").iterdir())
    return sorted(name for name in names if not name.endswith(".lock"))


@pytest.mark.parametrize("kind", ["sha256", "sha512", "blake3"])
def test_a_file_is_fetched_once(site: Web, fetcher: Fetcher, kind: str) -> None:
    url = site.put("/a.tgz", BODY)
    for _ in range(2):
        assert fetch_file(wanted(url, kind=kind), fetcher).read_bytes() == BODY
    assert len(site.requests) == 1
    assert fetch_file(wanted("http://elsewhere.invalid/b", kind=kind), fetcher).exists()


def test_progress_is_told(site: Web, fetcher: Fetcher, told: list[tuple[int, int | None]]) -> None:
    fetch_file(wanted(site.put("/a", BODY)), fetcher)
    assert (told[0], told[-1]) == ((0, None), (len(BODY), len(BODY)))
    fetch_file(wanted(site.put("/b", b"x", chunked=True), b"x"), fetcher)
    assert told[-1] == (1, None)


def test_a_local_file(tmp_path: Path, fetcher: Fetcher, told: list[tuple[int, int | None]]) -> None:
    (tmp_path / os.fsdecode(b"a b\xff")).write_bytes(BODY)
    path = fetch_file(wanted(f"file://{tmp_path}/a%20b%ff"), fetcher)
    assert path.read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    os.mkfifo(tmp_path / "pipe")
    missing = {
        "no": "No such file",
        "": "it is no file",
        "pipe": "it is no file",
        "%00": "no path",
    }
    for name, words in missing.items():
        with pytest.raises(FetchFailed, match=words):
            fetch_file(wanted(f"file://{tmp_path}/{name}", b""), fetcher)


def test_another_hash_is_e10_and_nothing_is_kept(site: Web, fetcher: Fetcher) -> None:
    url = site.put("/a.tgz?token=secret", BODY)
    with pytest.raises(FetchFailed) as caught:
        fetch_file(Wanted(url, "0" * 64, "sha256", SPAN, HASH_SPAN), fetcher)
    found = caught.value.diagnostic
    shown = f"{site.url}/a.tgz?…"
    assert (found.code, found.span) == (Code.E10, HASH_SPAN)
    assert found.message == f"'{shown}' has another hash: wanted sha256 {'0' * 64}, got {SHA}"
    assert found.hint == f'find out why; if it is what you want: hash = "{SHA}"'
    assert kept(fetcher) == []


def test_a_hash_that_is_not_known_yet(site: Web, fetcher: Fetcher) -> None:
    url = site.put("/a", BODY)
    with pytest.raises(FetchFailed) as caught:
        fetch_file(Wanted(url, "", "sha256", SPAN, HASH_SPAN), fetcher)
    found = caught.value.diagnostic
    assert found.message == f"'{site.url}/a' has no hash yet: got {SHA}"
    assert found.hint == f'hash = "{SHA}"'
    assert kept(fetcher) == [f"sha256-{SHA}"]
    assert fetch_file(wanted(url), fetcher).read_bytes() == BODY
    assert len(site.requests) == 1


def test_what_is_kept_is_verified_when_it_is_used(site: Web, fetcher: Fetcher) -> None:
    order = wanted(site.put("/a", BODY))
    path = fetch_file(order, fetcher)
    path.write_bytes(b"something else")
    assert fetch_file(order, fetcher).read_bytes() == BODY


# Going on ----------------------------------------------------------------


def test_a_connection_that_breaks_is_taken_up(site: Web, fetcher: Fetcher) -> None:
    url = site.put("/a", BODY, cuts=[300_000, 100_000])
    assert fetch_file(wanted(url), fetcher).read_bytes() == BODY
    assert site.ranges() == ["", "bytes=300000-", "bytes=400000-"]
    assert {headers.get("If-Range") for _, headers in site.requests[1:]} == {'"1"'}


def test_many_breaks_are_no_failure_while_bytes_come(site: Web, fetcher: Fetcher) -> None:
    url = site.put("/a", BODY, cuts=[70_000] * 9)
    assert fetch_file(wanted(url), fetcher).read_bytes() == BODY


def interrupt(site: Web, fetcher: Fetcher, path: str = "/a") -> None:
    """Leave a beginning of 300,000 bytes, as a command that is killed does."""
    site.put(path, BODY, cuts=[300_000, 0, 0, 0])
    with pytest.raises(FetchFailed, match="cut off after"):
        fetch_file(wanted(site.url + path), fetcher)
    assert kept(fetcher) == [f"sha256-{SHA}.part", f"sha256-{SHA}.tag"]
    site.requests.clear()


def test_the_next_command_goes_on(site: Web, fetcher: Fetcher) -> None:
    interrupt(site, fetcher)
    assert fetch_file(wanted(site.url + "/a"), fetcher).read_bytes() == BODY
    assert site.ranges() == ["bytes=300000-"]
    assert f"sha256-{SHA}.part" not in kept(fetcher)


@pytest.mark.parametrize("settings", [{"ranges": False}, {"tag": '"2"'}])
def test_a_server_that_cannot_go_on_sends_all(
    site: Web, fetcher: Fetcher, settings: dict[str, object]
) -> None:
    interrupt(site, fetcher)
    site.put("/a", BODY, **settings)
    assert fetch_file(wanted(site.url + "/a"), fetcher).read_bytes() == BODY
    assert len(site.requests) == 1


def test_a_beginning_of_another_file_is_thrown_away(site: Web, fetcher: Fetcher) -> None:
    interrupt(site, fetcher)
    (part,) = (fetcher.cache / "downloads").glob("*.part")
    part.write_bytes(b"x" * 300_000)
    assert fetch_file(wanted(site.url + "/a"), fetcher).read_bytes() == BODY
    assert site.ranges() == ["bytes=300000-", ""]


@pytest.mark.parametrize(("more", "asked"), [(b"", []), (b"x", ["bytes=700001-", ""])])
def test_killed_between_the_last_byte_and_the_rename(
    site: Web, fetcher: Fetcher, more: bytes, asked: list[str]
) -> None:
    interrupt(site, fetcher)
    (part,) = (fetcher.cache / "downloads").glob("*.part")
    part.write_bytes(BODY + more)
    assert fetch_file(wanted(site.url + "/a"), fetcher).read_bytes() == BODY
    assert site.ranges() == asked


def test_a_server_that_sends_the_wrong_part(site: Web, fetcher: Fetcher) -> None:
    interrupt(site, fetcher)
    site.put("/a", BODY, shift=1)
    assert fetch_file(wanted(site.url + "/a"), fetcher).read_bytes() == BODY
    assert site.ranges() == ["bytes=300000-", ""]


def test_a_command_that_ends_stops_fetching(site: Web, fetcher: Fetcher) -> None:
    url = site.put("/a", BODY)
    fetcher.reporter.stop.set()
    with pytest.raises(Interrupted):
        fetch_file(wanted(url), fetcher)


def test_what_does_not_end(
    site: Web, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LARGEST", 100_000)
    (tmp_path / "a").write_bytes(BODY)
    for url in (site.put("/a", BODY), f"file://{tmp_path}/a"):
        with pytest.raises(FetchFailed, match="it has more than 100000 bytes"):
            fetch_file(wanted(url), fetcher)


def test_two_at_once_fetch_once(site: Web, fetcher: Fetcher) -> None:
    order = wanted(site.put("/a", BODY))
    threads = [threading.Thread(target=fetch_file, args=(order, fetcher)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.requests) == 1


# Servers -----------------------------------------------------------------


def test_what_may_pass_is_tried_again(site: Web, fetcher: Fetcher) -> None:
    url = site.put("/a", BODY, statuses=[503, 429, 500])
    assert fetch_file(wanted(url), fetcher).read_bytes() == BODY
    assert len(site.requests) == 4


@pytest.mark.parametrize(
    ("statuses", "words", "count"),
    [
        ([503] * 9, "503 Service Unavailable", 4),
        ([403], "403 Forbidden", 1),
        ([410], "410 Gone", 1),
    ],
)
def test_what_will_not_pass_is_told(
    site: Web, fetcher: Fetcher, statuses: list[int], words: str, count: int
) -> None:
    url = site.put("/a", BODY, statuses=statuses)
    with pytest.raises(FetchFailed) as caught:
        fetch_file(wanted(url), fetcher)
    assert (caught.value.diagnostic.code, caught.value.diagnostic.span) == (Code.E31, SPAN)
    assert str(caught.value) == f"cannot get '{url}': the server says {words}"
    assert len(site.requests) == count


def test_a_server_that_is_not_there(fetcher: Fetcher, site: Web) -> None:
    with pytest.raises(FetchFailed, match="9/a': Connection refused"):
        fetch_file(wanted("http://127.0.0.1:9/a"), fetcher)


def test_redirects_are_followed(site: Web, fetcher: Fetcher) -> None:
    site.put("/b", BODY)
    url = site.put("/a", location="/b")
    assert fetch_file(wanted(url), fetcher).read_bytes() == BODY
    site.put("/loop", location="/loop")
    with pytest.raises(FetchFailed, match="infinite loop"):
        fetch_file(wanted(site.url + "/loop", b""), fetcher)
    assert len(site.requests) < 12


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_redirects_stay_on_the_web(site: Web, fetcher: Fetcher, location: str) -> None:
    url = site.put("/a", location=location)
    with pytest.raises(FetchFailed, match=r"not allowed|it leads to"):
        fetch_file(wanted(url), fetcher)


@pytest.mark.parametrize("address", ["http://[1:2]/a", f"http://{'a' * 70}/a"])
def test_what_is_no_address(site: Web, fetcher: Fetcher, address: str) -> None:
    for url in (address, site.put("/a", location=address)):
        with pytest.raises(FetchFailed, match="that is no address"):
            fetch_file(wanted(url), fetcher)


def test_a_command_that_ends_does_not_wait_for_another(site: Web, fetcher: Fetcher) -> None:
    asked = wanted(site.put("/a", BODY))
    fetch_file(asked, fetcher)
    fetcher.reporter.stop.set()
    with (
        hold(fetcher.cache / "downloads" / f"sha256-{SHA}.lock"),
        pytest.raises(LockHeld),
    ):
        fetch_file(asked, fetcher)


def test_a_password_goes_to_its_own_host_and_is_not_told(site: Web, fetcher: Fetcher) -> None:
    site.put("/b", BODY)
    site.put("/a", location="/b")
    host = site.url.removeprefix("http://")
    with pytest.raises(FetchFailed) as caught:
        fetch_file(wanted(f"http://me:p%40ss@{host}/a?key=1", b""), fetcher)
    site.put("/c", location=f"http://you:pw@127.1:{host.rpartition(':')[2]}/b")
    fetch_file(wanted(f"http://me:p%40ss@{host}/c"), fetcher)
    seen = [(path, headers.get("Authorization")) for path, headers in site.requests]
    assert seen == [
        ("/a?key=1", "Basic bWU6cEBzcw=="),
        ("/c", "Basic bWU6cEBzcw=="),
        ("/b", None),
    ]
    assert str(caught.value) == f"cannot get '{site.url}/a?…': the server says 404 Not Found"


def test_a_proxy_of_the_environment_is_used(
    site: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", site.url)
    site.put("http://example.invalid/a", BODY)
    assert fetch_file(wanted("http://example.invalid/a"), fetcher).read_bytes() == BODY
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert fetch_file(wanted(site.put("/b", b"b"), b"b"), fetcher).read_bytes() == b"b"
    assert [path for path, _ in site.requests] == ["http://example.invalid/a", "/b"]


def test_the_places_of_a_mirror_are_tried_in_order(
    site: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    bases = (f"{site.url}/one/", f"{site.url}/two/")
    monkeypatch.setattr(mirrors, "MIRRORS", {"gnu": bases})
    site.put("/two/hello/h.tgz", BODY)
    assert fetch_file(wanted("mirror://gnu/hello/h.tgz"), fetcher).read_bytes() == BODY
    assert [path for path, _ in site.requests] == ["/one/hello/h.tgz", "/two/hello/h.tgz"]
    with pytest.raises(FetchFailed) as caught:
        fetch_file(wanted("mirror://gnu/x", b""), fetcher)
    parts = [f"cannot get '{base}x': the server says 404 Not Found" for base in bases]
    assert str(caught.value) == "; ".join(parts)


def test_a_mirror_with_other_bytes_is_not_the_last_word(
    site: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    bases = (f"{site.url}/one/", f"{site.url}/two/")
    monkeypatch.setattr(mirrors, "MIRRORS", {"gnu": bases})
    site.put("/one/h.tgz", b"<html>moved</html>")
    with pytest.raises(FetchFailed) as caught:
        fetch_file(wanted("mirror://gnu/h.tgz"), fetcher)
    assert caught.value.diagnostic.code == Code.E10
    assert str(caught.value).startswith(f"'{site.url}/one/h.tgz' has another hash")
    site.put("/two/h.tgz", BODY)
    assert fetch_file(wanted("mirror://gnu/h.tgz"), fetcher).read_bytes() == BODY
