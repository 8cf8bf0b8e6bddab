"""The home folder of whoever runs punix, below which things lie by default.

In: the environment. Out: a folder, or a `ProgramError` where nobody says which.
"""

from pathlib import Path

from ..ir.diagnostics import Code, Diagnostic, ProgramError

__all__ = ["home_folder"]


def home_folder() -> Path:
    """Return the user's home folder. Raises ProgramError (E29) if there is none."""
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and a user without an entry, as in some containers
        message = "your home folder is not known"
        raise ProgramError([Diagnostic(Code.E29, message, hint="set HOME")]) from None
