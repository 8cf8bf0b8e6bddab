"""What a service is kept from doing: its level, and what it goes without of it.

In: the fields of a stack or a service. Out: a level, exceptions by directive, and the
limit of a stack's exposure.
"""

from typing import cast, get_args

from ...ir.names import DirectiveName, Exposure, Reason
from ...ir.schema.service import HARDENING_EXCEPTION
from ...ir.stack import Directive, ExposureLimit, Hardening, HardeningException
from ...ir.value import RecordValue
from .read import Fields, directive_text, record_of

__all__ = ["exceptions_of", "exposure_limit_of", "level_of"]


def level_of(fields: Fields, otherwise: Hardening) -> Hardening:
    """Return the level that a stack or service has, or the one for where it says none."""
    if fields.find("hardening") is None:
        return otherwise
    return cast(Hardening, fields.choice("hardening", get_args(Hardening)))


def exposure_limit_of(stack: Fields) -> ExposureLimit | None:
    """Return how exposed a unit of a stack may be; None: as it likes."""
    if stack.find("maxExposure") is None:
        return None
    written = stack.name("maxExposure", Exposure)
    return ExposureLimit(written.tenths, stack.span_of("maxExposure"))


def exceptions_of(service: Fields) -> tuple[HardeningException, ...]:
    """Return what a service goes without of its level."""
    found = (_exception(record_of(item)) for item in service.items("hardeningExcept"))
    return tuple(sorted(found, key=lambda one: one.directive))


def _exception(record: RecordValue) -> HardeningException:
    fields = Fields(record, HARDENING_EXCEPTION)
    name, value = fields.name("directive", DirectiveName), fields.find("value")
    return HardeningException(
        directive=name,
        instead=None if value is None else Directive(name, directive_text(value), value.span),
        reason=fields.name("reason", Reason),
        span=fields.span_of("directive"),
    )
