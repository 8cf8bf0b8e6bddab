"""Questions to services, asked of real sockets on the loopback interface."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from patience import PATIENCE
from web import Page, web

from punix.ir.health import Check, ExecCheck, HttpCheck, HttpUrl, TcpAddress, TcpCheck
from punix.ir.names import StoreName, UnitName
from punix.ir.text import StorePath
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.target.transport import Run
from punix.runtime.units.manager import Systemctl
from punix.runtime.units.probes import question

WEB = UnitName("web.service")
LITTLE = 0.3
"""Seconds that an answer may take that never comes."""


class Recorder:
    """Programs of a machine, of which none is run."""

    def __init__(self, *runs: Run) -> None:
        self.runs, self.commands = list(runs), list[Sequence[str]]()

    def __call__(self, command: Sequence[str], _: float) -> Run:
        self.commands.append(command)
        return self.runs.pop(0)


def asked(check: Check, *runs: Run, seconds: float = PATIENCE) -> str | None:
    return question(Systemctl(Recorder(*runs)), WEB, check, "/store")(seconds)


def http(url: str, seconds: float = PATIENCE) -> str | None:
    return asked(HttpCheck(HttpUrl(url)), seconds=seconds)


def tcp(port: int, seconds: float = PATIENCE) -> str | None:
    return asked(TcpCheck(TcpAddress(f"127.0.0.1:{port}")), seconds=seconds)


def test_a_port_that_answers_itself_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernel makes of a caller that is given the very port that it asks."""

    def to_itself(*_: object) -> socket.socket:
        connection = socket.socket()
        connection.bind(("127.0.0.1", 0))
        connection.connect(connection.getsockname())
        return connection

    monkeypatch.setattr(socket, "create_connection", to_itself)
    assert tcp(1) == "connection refused"
    assert http("http://localhost:1/") == "connection refused"


@contextmanager
def saying(*parts: bytes, pause: float = 0) -> Iterator[int]:
    """Answer whoever connects with these bytes, one after the other; yields the port."""
    done = threading.Event()

    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            for part in parts:
                if done.wait(pause):
                    return
                connection.sendall(part)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        done.set()


@contextmanager
def unused() -> Iterator[int]:
    """A port that is taken, so that nobody else gets it, and on which nobody listens."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        yield deaf.getsockname()[1]


@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_good_status_is_well(status: int) -> None:
    with saying(f"HTTP/1.1 {status} \r\n\r\n".encode()) as port:
        assert http(f"http://127.0.0.1:{port}/") is None


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_another_status_is_said(status: int) -> None:
    with saying(f"HTTP/1.1 {status} \r\nLocation: http://127.0.0.1:1/\r\n\r\n".encode()) as port:
        assert http(f"http://127.0.0.1:{port}/") == f"answered {status}"


def test_no_redirect_is_followed_and_no_proxy_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with web() as site, web() as other:
        monkeypatch.setenv("http_proxy", other.url)
        monkeypatch.setenv("HTTP_PROXY", other.url)
        site.pages["/moved"] = Page(location=other.put("/well"))
        assert http(f"{site.url}/moved?deep=1") == "answered 404"
        assert http(f"{site.url}/moved") == "answered 302"
        assert [path for path, _ in site.requests] == ["/moved?deep=1", "/moved"]
        assert other.requests == []


def test_who_does_not_answer_is_not_well() -> None:
    with unused() as port:
        assert http(f"http://127.0.0.1:{port}/") == "connection refused"
    assert http("http://nowhere.invalid/") == "no such host"
    with saying() as port:
        assert http(f"http://127.0.0.1:{port}/") == "connection closed without an answer"
    with saying(b"220 mail\r\n") as port:
        assert http(f"http://127.0.0.1:{port}/") == "answered with no HTTP"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert http(url, LITTLE) == "no answer in 0.3 s"


def test_an_answer_that_comes_by_single_bytes_is_none_in_time() -> None:
    with saying(*[b"H"] * 1000, pause=LITTLE / 10) as port:
        assert http(f"http://127.0.0.1:{port}/", LITTLE) == "no answer in 0.3 s"


def test_an_address_takes_connections_or_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert tcp(listening.getsockname()[1]) is None
    with unused() as port:
        assert tcp(port) == "connection refused"


USER = Run(0, "User=www\nGroup=\nSupplementaryGroups=a b\nDynamicUser=no\n")
CHECK = ExecCheck(((StorePath(StoreName("a" * 32 + "-p-1")), "/bin/ask"), ("$HOME %n ${X}",), ()))


def test_a_program_gets_its_words_as_the_services_user() -> None:
    run = Recorder(USER, Run(0, ""))
    assert question(Systemctl(run), WEB, CHECK, "/store")(2.5) is None
    command = run.commands[1]
    assert command[command.index("--") :] == (
        *("--", "/store/" + "a" * 32 + "-p-1/bin/ask", "$$HOME %n $${X}", ""),
    )
    options = command[: command.index("--")]
    assert {"--property=User=www", "--property=SupplementaryGroups=a b"} <= set(options)
    assert "--property=RuntimeMaxSec=2.500" in options
    assert not [option for option in options if "Group=" in option and option.endswith("=")]
    assert CHECK.shown("/store") == "/store/" + "a" * 32 + "-p-1/bin/ask"


@pytest.mark.parametrize(
    ("runs", "answer"),
    [
        ((USER, Run(3, "first\nlast \n\n")), "ended with 3: last"),
        ((USER, Run(3, "")), "ended with 3"),
        ((USER, Run(203, "odd")), "ended with 203: it cannot be executed"),
        ((Run(1, "Failed to connect"),), "could not be asked: [Errno 5] its user is not known: "),
        ((Run(0, "Id=x\n"),), "could not be asked: [Errno 5] its user is not known: "),
    ],
)
def test_how_a_program_ended_is_said(runs: tuple[Run, ...], answer: str) -> None:
    assert (asked(CHECK, *runs) or "").startswith(answer)


def test_what_a_program_writes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punix.runtime.deploy.target.local.MOST_OUTPUT", 1000)
    done = Local().run(["/bin/sh", "-c", "yes x | head -c 3000000; echo last; exit 3"], PATIENCE)
    assert (done.code, len(done.output)) == (3, 1000)
    assert done.output.endswith("x\nlast\n")


@pytest.mark.parametrize("script", ["exec sleep 1000", "exec >&- 2>&-; exec sleep 1000"])
def test_who_takes_too_long_is_ended(script: str) -> None:
    with pytest.raises(TimeoutError):
        Local().run(["/bin/sh", "-c", script], LITTLE)
