"""The users and groups of a stack.

In: the fields of a stack. Out: `SystemUser`s and names of groups, sorted.
"""

from ...ir.names import AccountName, NewAccountName, RootPath, UserComment
from ...ir.schema.stack import SYSTEM_USER
from ...ir.stack import SystemUser
from ...ir.value import Value
from .read import Fields, checked, record_of, word_of

__all__ = ["system_groups", "system_users"]


def system_users(stack: Fields) -> tuple[SystemUser, ...]:
    """Lower the users of a stack; raises ProgramError (E1)."""
    users = [_user(item) for item in stack.items("systemUsers")]
    return tuple(sorted(users, key=lambda user: user.name))


def _user(value: Value) -> SystemUser:
    fields = Fields(record_of(value), SYSTEM_USER)
    return SystemUser(
        fields.name("name", NewAccountName),
        fields.maybe_name("group", AccountName),
        fields.maybe_name("home", RootPath),
        fields.maybe_name("shell", RootPath),
        fields.maybe_name("description", UserComment),
        value.span,
    )


def system_groups(stack: Fields) -> tuple[NewAccountName, ...]:
    """Lower the groups of a stack, each once; raises ProgramError (E1)."""
    names = {checked(word_of(one), NewAccountName, one.span) for one in stack.items("systemGroups")}
    return tuple(sorted(names))
