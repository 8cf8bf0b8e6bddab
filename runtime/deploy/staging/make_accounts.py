"""Users and groups that a stack brings along, made before files are given to them.

In: a target, and the rendered files of a generation to come. Out: the accounts are there.
They stay, whatever becomes of the deploy: files of theirs may lie anywhere.
"""

from ....ir.bundle import Bundle
from ....ir.diagnostics import Code
from ..target.errors import fail
from ..target.layout import Target
from ..target.steps import Tell, telling
from .render import Rendered

__all__ = ["brought_along", "make_accounts"]

COMMAND = "systemd-sysusers"
SECONDS = 60.0


def brought_along(bundle: Bundle) -> frozenset[str]:
    """Return the accounts that a stack makes: `user 'web'`."""
    if bundle.accounts is None:
        return frozenset()
    users = {f"user '{name}'" for name in bundle.accounts.users}
    return frozenset(users | {f"group '{name}'" for name in bundle.accounts.groups})


def make_accounts(target: Target, rendered: Rendered, generation: int, tell: Tell) -> None:
    """Make the accounts of a stack where files can be given to them. Raises ProgramError (E29)."""
    accounts, transport = rendered.bundle.accounts, target.transport
    if accounts is None or not transport.applies_owners:
        return
    file = next(file for file in rendered.files if file.entry.path == accounts.path)
    with telling(tell, "accounts", generation):
        _make(target, file.data)


def _make(target: Target, data: bytes) -> None:
    transport, staged = target.transport, target.temporary("accounts.conf")
    transport.write(staged, data, 0o644)
    try:
        done = transport.run([COMMAND, transport.at(staged)], SECONDS)
    except FileNotFoundError:
        fail(Code.E29, f"{COMMAND} is not there to make the accounts of the stack")
    finally:
        transport.remove(staged)
    if done.code != 0:
        fail(Code.E29, "the accounts of the stack cannot be made", hint=done.output.strip() or None)
