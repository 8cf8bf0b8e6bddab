"""What commands share that look after a store that is there.

In: a root. Out: the `Store`, or a `ProgramError`.
"""

import errno
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import RootPath
from ...runtime.files.walk import TreeError
from ...runtime.store.store import FOLDERS, Store
from ..console import tell_waiting

__all__ = ["existing", "kept_from_gc", "reading_trees"]


def existing(root: RootPath) -> Store:
    """Return the store in a folder. Raises ProgramError (E26) if there is none."""
    store = Store(root)
    if not any(store.inner(name).is_dir() for name in FOLDERS):
        hint = "the first build makes it; look at --store-root"
        raise ProgramError([Diagnostic(Code.E26, f"there is no store '{root}'", hint=hint)])
    return store


@contextmanager
def kept_from_gc(store: Store) -> Iterator[None]:
    """Keep gc away while a store is read; who cannot lock it reads without."""
    with ExitStack() as stack:
        try:
            stack.enter_context(store.using(waiting=tell_waiting))
        except OSError as problem:
            if problem.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
        yield


@contextmanager
def reading_trees() -> Iterator[None]:
    """Turn what a tree cannot be read for into a ProgramError (E29)."""
    try:
        yield
    except TreeError as problem:
        raise ProgramError([Diagnostic(Code.E29, str(problem))]) from None
