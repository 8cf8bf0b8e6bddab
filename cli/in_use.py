"""Keeping gc away from a store for no longer than a person waits.

In: a store, and the seconds of `--wait`. Out: a context in which nothing of the store goes;
ProgramError (E22) with who has it otherwise.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..runtime.files.lock import LockHeld
from ..runtime.store.store import Store
from .console import tell_waiting

__all__ = ["busy", "in_use"]


@contextmanager
def in_use(store: Store, wait: float | None) -> Iterator[None]:
    """Keep gc away; wait for one that is under way for so many seconds (None: for ever)."""
    with ExitStack() as held:
        try:
            held.enter_context(store.using(wait, tell_waiting))
        except LockHeld as problem:
            raise busy(problem) from None
        yield


def busy(problem: LockHeld) -> ProgramError:
    """Return what to tell of a store that others use."""
    message = f"the store is in use by {problem.holder or 'another process'}"
    hint = "wait for it, or give --wait SECONDS"
    return ProgramError([Diagnostic(Code.E22, message, hint=hint)])
