"""Connections to servers that end when the command ends, whatever is waited for.

In: what says that the command is ending. Out: a function that connects. Until the block ends,
a stop cuts what it connected and what it is connecting: who reads from there reads its end.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeAlias

from ..files.stop import Stop

__all__ = ["Dial", "line"]

Dial: TypeAlias = Callable[[tuple[str, int], float, object], socket.socket]
"""Connects to a host and port, waiting so many seconds; what is third is not looked at."""


_Address: TypeAlias = tuple[Any, Any, int, str, Any]
"""Family, kind and protocol of a socket, and where it is to be connected to."""


@contextmanager
def line(stop: Stop) -> Iterator[Dial]:
    """Yield what connects as `socket.create_connection` does; it raises OSError."""
    with ExitStack() as cuts:
        yield partial(_dial, stop, cuts)


def _dial(
    stop: Stop, cuts: ExitStack, address: tuple[str, int], timeout: float, _: object
) -> socket.socket:
    failure = OSError("it has no address")
    for family, kind, protocol, _name, place in _looked_up(stop, *address):
        made = socket.socket(family, kind, protocol)
        made.settimeout(timeout)
        # A copy of the descriptor, for ours changes hands: TLS takes it, and closes it.
        copy = cuts.enter_context(made.dup())
        cuts.enter_context(stop.calling(partial(_cut, copy)))
        try:
            made.connect(place)
            return made
        except OSError as problem:
            made.close()
            failure = problem
    raise failure


def _looked_up(stop: Stop, host: str, port: int) -> list[_Address]:
    """Return the addresses of a host; raises OSError after a stop, and as getaddrinfo(3) fails.

    Nothing makes that return early. It runs in a thread that nobody waits for.
    """
    answers: SimpleQueue[list[_Address] | BaseException] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except BaseException as problem:  # noqa: BLE001  # whoever waits raises it
            answers.put(problem)

    with stop.calling(partial(answers.put, OSError("the command is ending"))):
        threading.Thread(target=ask, daemon=True).start()
        answer = answers.get()
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is not connected any more
        connection.shutdown(socket.SHUT_RDWR)
