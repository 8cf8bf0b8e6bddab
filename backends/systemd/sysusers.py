"""The users and groups of a stack to a file of sysusers.d(5).

In: a `Stack`. Out: the file, and whom it makes; nothing where the stack names nobody. What
systemd cannot carry is E28 in the collector.
"""

import re
from collections.abc import Iterator

from ...ir.bundle import Accounts, BundleFile
from ...ir.diagnostics import Code, Collector
from ...ir.span import Span
from ...ir.stack import Stack, SystemUser
from .escape import line_value
from .guard import guarded
from .lines_file import lines_file

__all__ = ["make_accounts"]

FOLDER = "/etc/sysusers.d"


def make_accounts(stack: Stack, found: Collector) -> tuple[BundleFile, Accounts] | None:
    """Return the file and its accounts, None if there are none; E1 for a stack of a user."""
    lines = list(_lines(stack, found))
    if not lines:
        return None
    if stack.scope == "user":
        hint = "what a user deploys belongs to that user"
        found.error(Code.E1, "accounts in a stack of scope 'user'", lines[0][1], hint=hint)
    file = lines_file(FOLDER, stack.module, lines)
    groups = {*stack.groups, *(user.group or user.name for user in stack.users)}
    users = tuple(user.name for user in stack.users)
    return file, Accounts(file.path, users, tuple(sorted(groups)))


def _lines(stack: Stack, found: Collector) -> Iterator[tuple[str, Span]]:
    for group in sorted({*stack.groups, *(one.group for one in stack.users if one.group)}):
        yield f"g {group} -", stack.span
    for user in stack.users:
        yield _user(user, found), user.span


def _user(user: SystemUser, found: Collector) -> str:
    """Write `u NAME ID "DESCRIPTION" HOME SHELL`; the group is made by a line of its own."""
    number = f"-:{user.group}" if user.group else "-"
    comment = _comment(user.description, user.span, found) if user.description else "-"
    return f"u {user.name} {number} {comment} {user.home or '-'} {user.shell or '-'}"


def _comment(text: str, span: Span, found: Collector) -> str:
    """Write a text in double quotes, in which a backslash takes a character as it is."""
    quoted = re.sub(r'(["\\])', r"\\\1", text)
    return "".join(map(str, guarded(line_value, (f'"{quoted}"',), span, found)))
