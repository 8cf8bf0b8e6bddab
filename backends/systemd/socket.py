"""The socket of a service to the sections of its unit (systemd.socket(5)).

In: a `Service` with a `Socket`. Out: sections with escaped values, each with the span of
what it came from. A path at which a stack may not put a file is E18: systemd removes
what is at the path of a socket.
"""

from collections.abc import Iterator

from ...ir.addresses import SocketAddress
from ...ir.diagnostics import Collector
from ...ir.names import FilePath
from ...ir.stack import Directive, Scope, Service, Socket, Stack
from ..paths import check_socket
from .escape import line_value
from .guard import guarded
from .unit import Line, Section, description

__all__ = ["SOCKETS", "socket_sections"]

SOCKETS = "sockets.target"
DIRECTIVES = {"listenStream": "ListenStream", "listenDatagram": "ListenDatagram"}


def socket_sections(
    stack: Stack, service: Service, socket: Socket, found: Collector
) -> tuple[Section, ...]:
    """Return the sections of a socket's unit; systemd finds the service by its name."""
    return (
        Section("Unit", (description(stack.module, service, "socket of"),), socket.span),
        Section("Socket", tuple(_socket(stack.scope, socket, found)), socket.span),
        Section("Install", (Line("WantedBy", (SOCKETS,), socket.span),), socket.span),
    )


def _socket(scope: Scope, socket: Socket, found: Collector) -> Iterator[Line]:
    for one in socket.listens:
        _check_path(scope, one, found)
        value = guarded(line_value, one.text, one.span, found)
        yield Line(DIRECTIVES[one.name], value, one.span)
    if any(_may_take_ipv4(one) for one in socket.listens):
        yield Line("BindIPv6Only", ("both",), socket.span)  # some machines leave out IPv4
    if socket.mode is not None:
        yield Line("SocketMode", (f"{socket.mode:04o}",), socket.span)
    for key, account in (("SocketUser", socket.user), ("SocketGroup", socket.group)):
        if account is not None:
            yield Line(key, (account,), socket.span)


def _may_take_ipv4(listen: Directive) -> bool:
    """Whether a socket of IPv6 is at addresses of IPv4 too: `8080`, `[::]:80`, `[::ffff:…]:80`."""
    address = SocketAddress(str(listen.text[0]))
    is_mapped = address.startswith("[") and ":" not in address.ip
    return not address.is_path and (address.ip == "::" or is_mapped)


def _check_path(scope: Scope, listen: Directive, found: Collector) -> None:
    address = SocketAddress(str(listen.text[0]))
    if address.is_path:
        check_socket(FilePath(address), scope, listen.span, found)
