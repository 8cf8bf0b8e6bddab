"""What a stack's scope decides about its units: whose manager runs them.

In: a scope. Out: where its units lie, what starts them when the machine or the user comes up,
and which directives its manager cannot obey.
"""

from collections.abc import Mapping

from ...ir.stack import Scope

__all__ = ["FOLDERS", "NOT_FOR_USERS", "TARGETS"]

FOLDERS: Mapping[Scope, str] = {"system": "/etc/systemd/system", "user": "~/.config/systemd/user"}
"""systemd.unit(5), "Unit File Load Path"."""

TARGETS: Mapping[Scope, str] = {"system": "multi-user.target", "user": "default.target"}
"""systemd.special(7): what a machine boots to, and what a user's manager starts with."""

NOT_FOR_USERS = frozenset({"DynamicUser", "Group", "SupplementaryGroups", "User"})
"""systemd.exec(5): a user's manager may give a service no other identity than the user's."""
