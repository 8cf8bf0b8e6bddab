"""The timer of a service to the sections of its unit (systemd.timer(5)).

In: a `Service` with a `Timer`. Out: sections with escaped values, each with the span of
what it came from; what systemd cannot carry is E28 in the collector.
"""

from collections.abc import Iterator

from ...ir.diagnostics import Collector
from ...ir.stack import Service, Stack, Timer
from .escape import line_value
from .guard import guarded
from .unit import Line, Section, description

__all__ = ["TIMERS", "timer_sections"]

TIMERS = "timers.target"

DIRECTIVES = {
    "onCalendar": "OnCalendar",
    "onBootSec": "OnBootSec",
    "onUnitActiveSec": "OnUnitActiveSec",
    "randomizedDelay": "RandomizedDelaySec",
}


def timer_sections(
    stack: Stack, service: Service, timer: Timer, found: Collector
) -> tuple[Section, ...]:
    """Return the sections of a timer's unit; systemd finds the service by its name."""
    return (
        Section("Unit", (description(stack.module, service, "timer of"),), timer.span),
        Section("Timer", tuple(_timer(timer, found)), timer.span),
        Section("Install", (Line("WantedBy", (TIMERS,), timer.span),), timer.span),
    )


def _timer(timer: Timer, found: Collector) -> Iterator[Line]:
    for one in timer.settings:
        value = guarded(line_value, one.text, one.span, found)
        yield Line(DIRECTIVES[one.name], value, one.span)
    if timer.persistent and any(one.name == "onCalendar" for one in timer.settings):
        yield Line("Persistent", ("true",), timer.span)
