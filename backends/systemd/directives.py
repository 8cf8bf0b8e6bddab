"""What a program may say in serviceConfig, and how it gets into a unit.

In: one directive. Out: its escaped value, or why it is refused.

All directives go to [Service]. Those that have a field of their own (ExecStart,
Environment, …) and those of other sections are refused with the field to use;
Type, Restart, User and the rest replace what punix writes. Other command lines
(ExecReload, ExecStartPre, …) are read as a shell splits words and written anew,
so that nothing in them is syntax; `$MAINPID` alone is kept.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ...ir.shell_words import split_words
from ...ir.stack import Scope
from ...ir.text import Text, join
from .escape import Refused, executable, word
from .scope import NOT_FOR_USERS

__all__ = ["COMMANDS", "FIELDS", "command_line", "misplaced"]

FIELDS: Mapping[str, str] = {
    "ExecStart": "package, binary and args",
    "Environment": "environment",
    "EnvironmentFile": "environment",
}
"""Directives that have fields of their own in a service."""

COMMANDS = frozenset(
    {"ExecCondition", "ExecReload", "ExecStartPost", "ExecStartPre", "ExecStop", "ExecStopPost"}
)

OTHER_SECTIONS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("Before", "BindsTo", "Conflicts", "Description", "Documentation"),
            *("JoinsNamespaceOf", "OnFailure", "OnSuccess", "PartOf", "PropagatesReloadTo"),
            *("PropagatesStopTo", "ReloadPropagatedFrom", "RequiresMountsFor"),
            *("Requisite", "StartLimitBurst", "StartLimitIntervalSec", "Upholds", "Wants"),
        ),
        "Unit",
    ),
    **dict.fromkeys(("Alias", "Also", "DefaultInstance", "RequiredBy", "WantedBy"), "Install"),
}


class Misplaced(NamedTuple):
    """Why a directive does not go into serviceConfig, and what to do instead."""

    message: str
    hint: str


def misplaced(name: str, scope: Scope) -> Misplaced | None:
    """Say what is wrong with a directive that does not go into serviceConfig."""
    if scope == "user" and name in NOT_FOR_USERS:
        hint = "a user's own services run as that user, with no more rights"
        return Misplaced(f"'{name}' in a stack of scope 'user'", hint)
    if name in FIELDS:
        return Misplaced(f"'{name}' has a field of its own", f"use {FIELDS[name]}")
    if name in ("After", "Requires"):
        return Misplaced(f"'{name}' has a field of its own", "use dependsOn")
    if name in OTHER_SECTIONS:
        section = OTHER_SECTIONS[name]
        return Misplaced(f"'{name}' belongs to [{section}]", "serviceConfig goes to [Service]")
    return None


def command_line(text: Text) -> Text:
    """Write a command line anew from its words. Raises Refused for what a unit cannot carry."""
    words = _split(text)
    if not words:
        return ()
    head = words[0][0] if words[0] else ""
    if isinstance(head, str) and not head.startswith("/"):
        hint = "write its path; for a command of a shell /bin/sh -c '…'"
        raise Refused("a command begins with the absolute path of a program", hint)
    parts = list(executable(words[0]))
    for found in words[1:]:
        parts += [" ", *(found if found == ("$MAINPID",) else word(found))]
    return join(parts)


def _split(text: Text) -> list[Text]:
    if any("\0" in part for part in text if isinstance(part, str)):
        raise Refused("a NUL character cannot be passed to a program")
    try:
        return split_words(text)
    except ValueError:
        raise Refused("a quote is opened and not closed", "close it") from None
