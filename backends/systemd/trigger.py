"""What the units of a service are called, what they require, and who starts which.

In: services. Out: names of units, and edges between them.

A service with a timer or a socket is started by these and by nothing else. Who depends
on one with a socket requires the socket: it is there at once, stays while its service
restarts, and starts the service when it is asked for something.
"""

from collections.abc import Mapping

from ...ir.diagnostics import Code, Collector
from ...ir.names import UnitName
from ...ir.span import Span
from ...ir.stack import Service

__all__ = ["check_waits", "requirements", "triggers_of", "unit_of"]


def unit_of(service: str, kind: str = "service") -> str:
    """Return the name of a unit of a service."""
    return f"{service.removesuffix('.service')}.{kind}"


def triggers_of(service: Service) -> tuple[UnitName, ...]:
    """Return the units that start a service, in order."""
    kinds = {"socket": service.socket, "timer": service.timer}
    return tuple(UnitName(unit_of(service.name, kind)) for kind, one in kinds.items() if one)


def requirements(service: Service, others: Mapping[str, Service]) -> dict[UnitName, Span]:
    """Return what a service's unit requires, each with the place that says so."""
    found: dict[UnitName, Span] = {}
    if service.socket:
        found[UnitName(unit_of(service.name, "socket"))] = service.socket.span
    for name, span in zip(service.depends_on, service.depends_on_spans, strict=True):
        if name in others:
            kind = "socket" if others[name].socket else "service"
            found.setdefault(UnitName(unit_of(name, kind)), span)
    return found


def check_waits(service: Service, others: Mapping[str, Service], found: Collector) -> None:
    """Add E1 for each service that is waited for and that only time starts."""
    for name, span in zip(service.depends_on, service.depends_on_spans, strict=True):
        other = others.get(name)
        if other and other.timer and not other.socket:
            hint = "take it out, or give one of them no timer"
            message = f"'{service.name}' waits for '{name}', which a timer starts"
            found.error(Code.E1, message, span, hint=hint)
