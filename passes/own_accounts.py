"""A stack of a user's own names no other account: what it runs and writes is the user's.

In: the records of a stack of scope user. Out: nothing, or E1 at each field that names one.
"""

from collections.abc import Iterable

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.shape import Schema
from ..ir.value import RecordValue
from .read import Fields

__all__ = ["ACCOUNTS", "refuse_accounts"]

ACCOUNTS = ("user", "owner", "group")
"""The fields of services and files that name an account."""

HINT = "what a user deploys belongs to that user: leave it out"


def refuse_accounts(records: Iterable[tuple[RecordValue, Schema]]) -> None:
    """Raise ProgramError with all of them."""
    found = [
        Diagnostic(Code.E1, f"'{name}' in a stack of scope 'user'", fields.span_of(name), hint=HINT)
        for record, schema in records
        for fields in [Fields(record, schema)]
        for name in ACCOUNTS
        if schema.get(name) is not None and fields.find(name) is not None
    ]
    if found:
        raise ProgramError(found)
