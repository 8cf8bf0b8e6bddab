"""What a stack of a user's own may not say: other accounts, and limits that it cannot be given.

In: the records of a stack of scope user. Out: nothing, or E1 at each field that says it.
"""

from collections.abc import Iterable, Mapping

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.schema.shape import Schema
from ...ir.value import RecordValue, plain
from .read import Fields

__all__ = ["refuse_for_users"]

OTHERS = "what a user deploys belongs to that user: leave it out"
LIMITS = "a user's service manager leaves most of it out and says nothing"
"""systemd.exec(5): without privileges or a user namespace, name spaces are not made."""

REFUSED: Mapping[str, str] = {
    "user": OTHERS,
    "owner": OTHERS,
    "group": OTHERS,
    "hardening": LIMITS,
    "maxExposure": LIMITS,
}
"""The fields of stacks, services, sockets and files, and why; their defaults are no fault."""


def refuse_for_users(records: Iterable[tuple[RecordValue, Schema]]) -> None:
    """Raise ProgramError with an E1 for each field of the records that a user's stack has not."""
    found = [
        Diagnostic(Code.E1, f"'{name}' in a stack of scope 'user'", fields.span_of(name), hint=why)
        for record, schema in records
        for fields in [Fields(record, schema)]
        for name, why in REFUSED.items()
        if (spec := schema.get(name)) is not None
        if (value := fields.find(name)) is not None and plain(value) != spec.default
    ]
    if found:
        raise ProgramError(found)
