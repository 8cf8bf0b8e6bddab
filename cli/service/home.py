"""Whose home folder a stack of scope user goes to: that of the user who runs punix.

In: a bundle and a target. Out: the bundle as it is on that target.
"""

import os
import stat
from posixpath import normpath

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.home import at_home
from ...ir.names import AbsPath, BadName
from ...runtime.deploy.target.layout import Target

__all__ = ["for_target"]


def for_target(bundle: Bundle, place: Target) -> Bundle:
    """Return a bundle with absolute paths. Raises ProgramError (E44)."""
    if bundle.scope == "system":
        return bundle
    if os.geteuid() == 0:
        hint = "run punix as that user, without sudo"
        raise _refusal(f"stack '{bundle.stack}' is a user's own, and root is not its user", hint)
    home = _home(place)
    try:
        return at_home(bundle, home)
    except BadName as reason:
        raise _refusal(
            f"HOME is '{home}', and in it {reason}", "give the file a shorter path"
        ) from None


def _home(place: Target) -> AbsPath:
    """Return the caller's home folder; below a transport root it may be yet to come."""
    home, hint = os.path.expanduser("~"), "set HOME to your home folder"
    try:
        checked = AbsPath(normpath(home))
    except BadName as reason:
        raise _refusal(f"HOME is '{home}', and {reason}", hint) from None
    problem = _problem(checked) if place.transport.root == "/" else None
    if problem is not None:
        raise _refusal(f"HOME is '{home}', {problem}", hint)
    return checked


def _problem(home: AbsPath) -> str | None:
    """Say why a folder is not the caller's, None if it is."""
    try:
        found = os.stat(home)
    except OSError as reason:
        return f"which cannot be looked at: {reason.strerror}"
    if not stat.S_ISDIR(found.st_mode):
        return "which is no folder"
    if found.st_uid != os.geteuid():
        return f"which belongs to uid {found.st_uid}, and you are uid {os.geteuid()}"
    return None


def _refusal(message: str, hint: str) -> ProgramError:
    return ProgramError([Diagnostic(Code.E44, message, hint=hint)])
