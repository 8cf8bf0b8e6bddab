"""A command's hold on a stack: its locks, and recovery before anything else.

In: a target and who asks. Out: a context in which nobody else changes the stack
and nothing of an earlier command is left half-done; or, for commands that only
look, the best that can be had without waiting or the right to write.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from ....ir.diagnostics import Code, ProgramError
from ....ir.spell import did_you_mean
from ...files.lock import LockHeld
from ..records import journal
from ..target.caller import Caller
from ..target.errors import fail, reported
from ..target.layout import Target, dry_run_root, stacks
from ..target.steps import Step
from .recover import recover

__all__ = [
    "claims_held",
    "locked",
    "make_folders",
    "observed",
    "tell_recovered",
]

MAY_NOT_WRITE = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def locked(target: Target, caller: Caller) -> Iterator[None]:
    """Hold a stack for a whole command, after recovery.

    Raises ProgramError: E22 where the lock is held, E26 where there is no such stack, E29.
    """
    with reported():
        _exists(target)
        with target.transport.hold(target.path("lock"), caller.wait, _waiting(target, caller)):
            caller.tell(Step("lock", "done"))
            tell_recovered(target, caller, recover(target))
            with _undone_on_error(target, caller):
                yield


@contextmanager
def _undone_on_error(target: Target, caller: Caller) -> Iterator[None]:
    """Recover at once where a command fails, so that the next one finds nothing to mend.

    Says what is live then: a command that fails after the flip has happened.
    """
    try:
        yield
    except (OSError, ProgramError):
        with suppress(OSError, ProgramError):  # the target still refuses: the next command tries
            tell_recovered(target, caller, recover(target))
        raise


def tell_recovered(target: Target, caller: Caller, done: str | None) -> None:
    """Say what recovery did, if it did something."""
    if done:
        caller.notice(f"stack {target.stack}: {done}")
        caller.tell(Step("recover", "done", message=done))


@contextmanager
def claims_held(target: Target, caller: Caller) -> Iterator[None]:
    """Hold the deployments root while paths are checked and claimed."""
    with target.transport.hold(target.claims, caller.wait, _waiting(target, caller)):
        yield


def _waiting(target: Target, caller: Caller) -> Callable[[str], None]:
    def tell(holder: str) -> None:
        by = holder or "another process"
        caller.notice(f"waiting for stack {target.stack}: locked by {by}")
        caller.tell(Step("lock", "waiting", message=by))

    return tell


def _exists(target: Target) -> None:
    target.transport.real(target.folder)
    if target.transport.status(target.folder) is None:
        hint = " ".join(filter(None, (_meant(target), _looked(target))))
        fail(Code.E26, f"no stack '{target.stack}' was deployed here", hint=hint)


def _meant(target: Target) -> str | None:
    scratch = dry_run_root(target.deployments_root)
    if target.transport.status(f"{scratch}{target.folder}") is not None:
        return f"a dry run deployed it: --transport-root {scratch};"
    return did_you_mean(target.stack, stacks(target.transport, target.deployments_root))


def _looked(target: Target) -> str:
    return f"looked at '{target.transport.root.rstrip('/')}{target.folder}'"


def make_folders(target: Target) -> None:
    """Make a target's root, deployments root and stack folder where they are missing.

    Raises LeavesRoot, OSError.
    """
    target.transport.real(target.folder)
    missing: list[str] = []
    at = target.folder
    while at and target.transport.status(at) is None:
        missing.append(at)
        at = at.rpartition("/")[0]
    if not at and target.transport.status("/") is None:
        target.transport.make_root()
    for folder in reversed(missing):
        with suppress(FileExistsError):  # another command makes it at the same time
            target.transport.make_folder(folder)


@contextmanager
def observed(target: Target, notice: Callable[[str], None]) -> Iterator[str | None]:
    """Look at a stack; yields None, or why it is unsettled.

    That is `in progress (…)`, `recovery pending`, or `activation interrupted`.

    Recovers first if the lock is free and the folder may be written.
    """
    with reported(), ExitStack() as held:
        _exists(target)
        yield _state(target, held, notice)


def _state(target: Target, held: ExitStack, notice: Callable[[str], None]) -> str | None:
    try:
        held.enter_context(target.transport.hold(target.path("lock"), 0, None))
        done = recover(target)
    except LockHeld as other:
        return f"in progress ({other.holder or 'another process'})"
    except OSError as problem:
        if problem.errno not in MAY_NOT_WRITE:
            raise
        if target.transport.status(target.path("journal.json")) is None:
            return None
        return _interrupted(target) or "recovery pending"
    if done:
        notice(f"stack {target.stack}: {done}")
    return _interrupted(target)


def _interrupted(target: Target) -> str | None:
    return None if journal.pending(target) is None else "activation interrupted"
