"""What the target refused, in the words of a diagnostic.

In: OSError, LockHeld, LeavesRoot. Out: ProgramError with E29 and the path, E22 and
the holder, or E21.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from ....ir.diagnostics import Code, Diagnostic, ProgramError
from ....ir.span import Span
from ...files.lock import LockHeld
from .transport import LeavesRoot

__all__ = ["fail", "reported"]

HINTS = {
    errno.EACCES: "run it as a user who may write there, or give --transport-root",
    errno.EPERM: "run it as a user who may write there, or give --transport-root",
    errno.EROFS: "the file system is mounted read-only",
    errno.ENOSPC: "make room and run the command again",
}


def fail(code: Code, message: str, span: Span | None = None, hint: str | None = None) -> NoReturn:
    """End the command with one error. Raises ProgramError."""
    raise ProgramError([Diagnostic(code, message, span, hint=hint)])


@contextmanager
def reported() -> Iterator[None]:
    """Turn what the operating system refuses into diagnostics."""
    try:
        yield
    except LockHeld as held:
        fail(Code.E22, str(held), hint="wait for it, or give --wait SECONDS")
    except LeavesRoot as problem:
        fail(Code.E21, f"'{problem}' leads out of the transport root")
    except OSError as problem:
        names = [str(name) for name in (problem.filename, problem.filename2) if name]
        where = f"'{names[-1]}': " if names else ""
        reason = problem.strerror or type(problem).__name__
        fail(Code.E29, where + reason, hint=HINTS.get(problem.errno or 0))
