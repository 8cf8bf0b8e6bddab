"""A stop ends what waits for a server, whatever it waits for."""

import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from patience import until
from web import Web

from punix.ir.span import Span
from punix.runtime.fetch.cache import Wanted, fetch_file
from punix.runtime.fetch.connection import TIMEOUT_SECONDS
from punix.runtime.fetch.fetcher import Fetcher
from punix.runtime.fetch.line import line
from punix.runtime.files.stop import Interrupted, Stop

SPAN = Span("a.pcl", 0, 1)
SYN_SENT = "02"
"""The state of a connection that nobody has accepted, in /proc/net/tcp."""


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """A socket that listens and says nothing; more than one connection has to wait."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        yield server


def stopped(url: str, fetcher: Fetcher, until: Callable[[], object]) -> None:
    """Fetch in a thread; let the command end once `until` has returned; see the thread end."""
    ends: list[type] = []

    def fetch() -> None:
        try:
            fetch_file(Wanted(url, "", "sha256", SPAN, SPAN), fetcher)
        except Interrupted as end:
            ends.append(type(end))

    thread = threading.Thread(target=fetch)
    thread.start()
    try:
        until()
    finally:
        fetcher.reporter.stop.set()
    thread.join(TIMEOUT_SECONDS / 2)
    assert ends == [Interrupted]


def test_a_stop_before_there_is_a_connection(mute: socket.socket) -> None:
    stop = Stop()
    stop.set()
    with line(stop) as dial, pytest.raises(OSError, match="the command is ending"):
        dial(mute.getsockname(), TIMEOUT_SECONDS, None)


def test_a_name_that_nobody_answers_for(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, ended = threading.Event(), threading.Event()

    def silent(*_: object) -> None:
        asked.set()
        ended.wait()

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    stopped("http://nobody.example/a", fetcher, asked.wait)
    ended.set()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_does_not_answer(mute: socket.socket, fetcher: Fetcher, scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{mute.getsockname()[1]}/a"
    connections = []

    def asked() -> None:
        connection, _ = mute.accept()
        assert connection.recv(1)
        connections.append(connection)

    stopped(url, fetcher, asked)
    assert len(connections) == 1
    connections[0].close()


def test_a_server_that_does_not_accept(mute: socket.socket, fetcher: Fetcher) -> None:
    address = mute.getsockname()

    def waiting() -> int:
        return Path("/proc/net/tcp").read_text().count(f":{address[1]:04X} {SYN_SENT} ")

    with socket.create_connection(address), socket.socket() as second:
        second.setblocking(False)
        second.connect_ex(address)
        before = waiting()
        one_more = partial(until, waiting, lambda now: now != before)
        stopped(f"http://127.0.0.1:{address[1]}/a", fetcher, one_more)


def test_a_server_that_stops_in_the_middle(site: Web, fetcher: Fetcher) -> None:
    body = b"x" * 100_000

    def sizes() -> list[int]:
        return [part.stat().st_size for part in (fetcher.cache / "downloads").glob("*.part")]

    begun = partial(until, sizes, lambda found: len(body) - 1 in found)
    stopped(site.put("/a", body, slow=True), fetcher, begun)
