"""What starts a service in place of a deploy: its timer and its socket.

In: the fields of a service. Out: a `Timer` and a `Socket`, None where it has none.
"""

from collections.abc import Iterator, Mapping

from ...ir.addresses import SocketAddress
from ...ir.names import AccountName, CheckedStr, FileMode
from ...ir.schema.service import SOCKET, TIMER
from ...ir.stack import Directive, Socket, Timer
from ...ir.times import CalendarTime, TimeSpan
from .read import Fields, checked, misfit, word_of

__all__ = ["socket_of", "timer_of"]

TRIGGERS = ("onCalendar", "onBootSec", "onUnitActiveSec")
SETTINGS: Mapping[str, type[CheckedStr]] = {
    "onCalendar": CalendarTime,
    "onBootSec": TimeSpan,
    "onUnitActiveSec": TimeSpan,
    "randomizedDelay": TimeSpan,
}


def timer_of(service: Fields) -> Timer | None:
    """Lower the timer of a service; raises ProgramError (E1) for one that never elapses."""
    if service.find("timer") is None:
        return None
    fields = Fields(service.record("timer"), TIMER)
    settings = tuple(_settings(fields))
    if not any(one.name in TRIGGERS for one in settings):
        raise misfit(f"the timer has no {' or '.join(TRIGGERS)}", fields.span)
    return Timer(settings, fields.flag("persistent"), fields.span)


def _settings(fields: Fields) -> Iterator[Directive]:
    for name, rule in SETTINGS.items():
        value = fields.maybe_name(name, rule)
        if value is not None:
            yield Directive(name, (str(value),), fields.span_of(name))


def socket_of(service: Fields) -> Socket | None:
    """Lower the socket of a service; raises ProgramError (E1) for one that listens nowhere."""
    if service.find("socket") is None:
        return None
    fields = Fields(service.record("socket"), SOCKET)
    listens = tuple(_listens(fields))
    if not listens:
        hint = 'write listenStream = ["8080"]'
        raise misfit("the socket listens nowhere", fields.span, hint=hint)
    mode = fields.maybe_name("mode", FileMode)
    return Socket(
        listens,
        None if mode is None else int(mode, 8),
        fields.maybe_name("user", AccountName),
        fields.maybe_name("group", AccountName),
        fields.span,
    )


def _listens(fields: Fields) -> Iterator[Directive]:
    for name in ("listenStream", "listenDatagram"):
        for item in fields.items(name):
            address = checked(word_of(item), SocketAddress, item.span)
            yield Directive(name, (str(address),), item.span)
