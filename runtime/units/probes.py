"""One question to a service: a URL, an address, or a program that is run as the service's user.

In: a check, and the seconds that its answer may take. Out: None where all is well, else what
came in place of that. URLs and addresses are asked from here: no proxy of the environment is
used and no redirect followed, and of an answer nothing but its status is read.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

from ...ir.health import Check, ExecCheck, HttpCheck
from ...ir.names import UnitName
from .manager import ServiceManager

__all__ = ["Ask", "question"]

LONGEST = 200
"""Characters of what a program wrote that a message repeats."""
NOT_STARTED = {203: "it cannot be executed", 217: "its user is not there"}
"""With what systemd ends a process that it cannot make into the program: systemd.exec(5)."""


Ask: TypeAlias = Callable[[float], str | None]
"""Asks, for at most so many seconds. None is a good answer, all else what came in its place.

A host with several addresses has that time for each, as the system's resolver has its own.
"""


def question(manager: ServiceManager, unit: UnitName, check: Check, store_root: str) -> Ask:
    """Return how a unit is asked; paths of packages are those of a store."""
    if isinstance(check, ExecCheck):
        words = check.argv(store_root)
        return lambda seconds: _exec(manager, unit, words, seconds)
    if isinstance(check, HttpCheck):
        return lambda seconds: _http(*check.url.parts(), seconds)
    return lambda seconds: _tcp(*check.address.split_port(), seconds)


def _exec(
    manager: ServiceManager, unit: UnitName, words: Sequence[str], seconds: float
) -> str | None:
    try:
        done = manager.ask(unit, words, seconds)
    except TimeoutError:
        return f"took more than {seconds:.1f} s"
    except OSError as problem:
        return f"could not be asked: {problem}"
    if done.code == 0:
        return None
    said = NOT_STARTED.get(done.code) or _last_line(done.output)
    return f"ended with {done.code}" + (f": {said}" if said else "")


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1][:LONGEST] if lines else ""


def _tcp(host: str, port: int, seconds: float) -> str | None:
    try:
        with socket.create_connection((host, port), seconds) as connection:
            _refuse_itself(connection)
    except OSError as problem:
        return _why(problem, seconds)
    return None


def _http(host: str, port: int, path: str, seconds: float) -> str | None:
    from http.client import HTTPConnection, HTTPException  # 20 ms: who has such a check pays

    connection = HTTPConnection(host, port, timeout=seconds)
    headers = {"Connection": "close", "User-Agent": "punix"}
    try:
        connection.connect()
        _refuse_itself(connection.sock)
        with _cut_after(seconds, connection.sock):
            connection.request("GET", path, headers=headers)
            status = connection.getresponse().status
    except OSError as problem:
        return _why(problem, seconds)
    except HTTPException:
        return "answered with no HTTP"
    finally:
        connection.close()
    return None if 200 <= status <= 299 else f"answered {status}"


def _refuse_itself(connection: socket.socket) -> None:
    """Raise ConnectionRefusedError where nobody but the caller is at the other end.

    The kernel may give a caller the very port that it asks, and TCP connects it with itself
    (RFC 9293, section 3.5): once in 28,000 questions, a service that does not listen is well.
    """
    try:
        is_itself = connection.getsockname() == connection.getpeername()
    except OSError:  # whoever was there has gone already
        return
    if is_itself:
        raise ConnectionRefusedError


@contextmanager
def _cut_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Cut a connection that is too slow, and raise TimeoutError.

    The time limit of a socket is none for an answer: it begins anew with each byte.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):  # it is closed just now
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise TimeoutError


def _why(problem: OSError, seconds: float) -> str:
    if isinstance(problem, TimeoutError):
        return f"no answer in {seconds:.1f} s"
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused"
    if isinstance(problem, socket.gaierror):
        return "no such host"
    if isinstance(problem, ConnectionError):
        return "connection closed without an answer"
    return problem.strerror or str(problem)
