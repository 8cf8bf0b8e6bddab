"""Which sockets of a stack are in each other's way, whatever the service manager.

In: services. Out: nothing, or E45 for a socket that cannot listen beside another one, with
both sites. What else a machine listens at is known when the sockets start.
"""

from collections.abc import Iterable, Iterator, Mapping

from ..ir.addresses import SocketAddress
from ..ir.diagnostics import Code, Collector, Label
from ..ir.stack import Directive, Service

__all__ = ["check_listens"]

ANY, ANY_OF_4 = "::", "0.0.0.0"
"""Every address, and every one of IPv4."""


def check_listens(services: Iterable[Service], found: Collector) -> None:
    """Add E45 for each address at which these services are listened for twice."""
    paths: dict[SocketAddress, Directive] = {}
    ports: dict[tuple[str, str], dict[str, Directive]] = {}
    for one in _listens(services):
        address = SocketAddress(str(one.text[0]))
        if address.is_path:
            first = paths.setdefault(address, one)
        else:
            taken = ports.setdefault((one.name, address.port), {})
            in_the_way = _in_the_way if one.name == "listenStream" else _same
            first = in_the_way(address.ip, taken) or one
            taken.setdefault(address.ip, one)
        if first is not one:
            _report(one, first, found)


def _listens(services: Iterable[Service]) -> Iterator[Directive]:
    for service in services:
        yield from service.socket.listens if service.socket else ()


def _same(ip: str, taken: Mapping[str, Directive]) -> Directive | None:
    """Return what listens at an address; for datagrams, a single one is before all."""
    return taken.get(ip)


def _in_the_way(ip: str, taken: Mapping[str, Directive]) -> Directive | None:
    """Return what listens at an address, at all that it is one of, or at one of those it means."""
    for other in (ip, *(wide for wide in (ANY, ANY_OF_4) if _covers(wide, ip))):
        if other in taken:
            return taken[other]
    return next((taken[other] for other in taken if _covers(ip, other)), None)


def _covers(wide: str, ip: str) -> bool:
    return wide == ANY or (wide == ANY_OF_4 and ":" not in ip)


def _report(one: Directive, first: Directive, found: Collector) -> None:
    here, there = one.text[0], first.text[0]
    if here == there:
        message, hint = f"two sockets at '{here}'", "give each a place of its own"
    else:
        message = f"a socket at '{here}' cannot be beside one at '{there}'"
        hint = "a port alone is that of every address; leave one of them out"
    notes = [Label(first.span, "the other is here")]
    found.error(Code.E45, message, one.span, notes=notes, hint=hint)
