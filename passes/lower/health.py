"""The `health` of a service: which question it is asked, and for how long.

In: the fields of a service. Out: a `Health` whose texts name packages by module. Raises
ProgramError (E1) where it asks nothing, or two things, or starts no program, or where nobody
is there to be asked.
"""

from ...ir.health import Check, ExecCheck, Health, HttpCheck, HttpUrl, TcpAddress, TcpCheck
from ...ir.schema.service import HEALTH
from .read import Fields, misfit

__all__ = ["health_of"]

QUESTIONS = ("exec", "http", "tcp")


def health_of(service: Fields) -> Health | None:
    """Return how a service is asked, None where it is not."""
    if service.find("health") is None:
        return None
    record = service.record("health")
    if service.find("timer") is not None:
        hint = "a timer starts it: after a deploy nothing runs that could be asked"
        raise misfit("a service with a timer has no 'health'", record.span, hint=hint)
    fields = Fields(record, HEALTH)
    given = [name for name in QUESTIONS if fields.find(name) is not None]
    if not given:
        raise misfit("'health' asks nothing", record.span, hint="add exec, http or tcp")
    if len(given) > 1:
        message = f"'health' has '{given[0]}' and '{given[1]}'"
        raise misfit(message, fields.span_of(given[1]), hint="keep one of them")
    return Health(_check(fields, given[0]), fields.number("within"), fields.number("settle"))


def _check(fields: Fields, name: str) -> Check:
    if name == "http":
        return HttpCheck(fields.name("http", HttpUrl))
    if name == "tcp":
        return TcpCheck(fields.name("tcp", TcpAddress))
    check = ExecCheck(fields.texts("exec"))
    if not check.is_program:
        span = next((item.span for item in fields.items("exec")), fields.span_of("exec"))
        hint = 'no shell reads it: write ["/bin/sh", "-c", "…"] for one'
        raise misfit("'exec' begins with no path of a program", span, hint=hint)
    return check
