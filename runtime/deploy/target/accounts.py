"""Numbers of the users and groups that files are given to.

In: names. Out: an `Ownership` of the target; root where no name is given, and `KEEP` on targets
where files cannot be given away.
"""

from collections.abc import Collection, Iterable
from typing import Literal, Protocol

from ....ir.diagnostics import Code, Diagnostic, ProgramError
from ....ir.span import Source, Span
from .transport import KEEP, Ownership, Transport

__all__ = ["Accounts", "Owned", "check_accounts"]

ROOT = 0
MAKE_IT = "systemUsers and systemGroups of a stack are made by its deploy"


class Owned(Protocol):
    """A file that may be given to a user and a group."""

    @property
    def owner(self) -> str | None: ...
    @property
    def group(self) -> str | None: ...


class Accounts:
    """Looks every name up once."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._known: dict[tuple[str, str], int | None] = {}

    def of(self, file: Owned) -> Ownership:
        """Return whom a file is given to; unknown names count as none."""
        if not self.transport.applies_owners:
            return KEEP
        return Ownership(self._number("user", file.owner), self._number("group", file.group))

    def _number(self, kind: Literal["user", "group"], name: str | None) -> int:
        if name is None:
            return ROOT
        number = self._look(kind, name)
        return -1 if number is None else number

    def _look(self, kind: Literal["user", "group"], name: str) -> int | None:
        if (kind, name) not in self._known:
            self._known[kind, name] = self.transport.account(kind, name)
        return self._known[kind, name]

    def unknown(self, file: Owned) -> list[str]:
        """Return `user 'x'` for each account of a file that the target does not have."""
        if not self.transport.applies_owners:
            return []
        kinds: tuple[tuple[Literal["user", "group"], str | None], ...]
        kinds = (("user", file.owner), ("group", file.group))
        return [
            f"{kind} '{name}'" for kind, name in kinds if name and self._look(kind, name) is None
        ]


def check_accounts(
    transport: Transport,
    files: Iterable[tuple[str, Owned, Span | None]],
    sources: Iterable[Source],
    made: Collection[str],
) -> None:
    """Raise ProgramError with every (path, file, span) whose owner or group the target lacks.

    `made` are accounts that the deploy makes, as `unknown` names them: `user 'web'`.
    """
    accounts = Accounts(transport)
    problems = [
        Diagnostic(Code.E29, f"'{path}': no {account} on the target", span, hint=MAKE_IT)
        for path, file, span in files
        for account in accounts.unknown(file)
        if account not in made
    ]
    if problems:
        raise ProgramError(problems, sources)
