"""Why units of a target cannot be acted on from here, and what would change that.

In: a target, and the home folder of the user whose manager is asked, None for the machine's.
Out: a `Barrier`, or None where the manager answers. Changes nothing.
"""

import os
import pwd
from typing import NamedTuple

from ...ir.names import AbsPath
from ...runtime.deploy.target.layout import Target
from ...runtime.units.manager import Systemctl

__all__ = ["Barrier", "barrier"]

BOOTED = "/run/systemd/system"
"""Where systemd runs as process 1 there is this folder: sd_booted(3)."""

FILES_ALONE = "without --activate only files change, and units are yours"


class Barrier(NamedTuple):
    """What stands in the way, and what to do about it."""

    message: str
    hint: str = FILES_ALONE


def barrier(place: Target, home: AbsPath | None) -> Barrier | None:
    """Ask whether units can be acted on. Raises OSError."""
    root = place.transport.root
    if root != "/":
        return Barrier(f"'{root}' is a folder: no service manager runs what lies in it")
    if place.transport.status(BOOTED) is None:
        hint = f"in a container, make systemd its first process; {FILES_ALONE}"
        return Barrier(f"no systemd runs this machine: process 1 is '{_first(place)}'", hint)
    try:
        found = Systemctl(place.transport.run, "user" if home else "system").unit_folders()
    except FileNotFoundError:
        return Barrier("no 'systemctl' in the PATH")
    if found.code != 0:
        return _silent(place, home, found.output.strip())
    wanted = f"{home}/.config/systemd/user"
    if home is not None and wanted not in found.output.split():
        hint = "HOME has to be the home folder that your systemd knows"
        return Barrier(f"your systemd reads no units in '{wanted}'", hint)
    return None


def _first(place: Target) -> str:
    try:
        return place.transport.read("/proc/1/comm").decode("utf-8", "replace").strip()
    except OSError:  # /proc may be hidden, or not mounted
        return "unknown"


def _silent(place: Target, home: AbsPath | None, said: str) -> Barrier:
    """Say why a manager does not answer: for a user's own it mostly does not run, or is not told.

    `said` is what systemctl said.
    """
    if home is None:
        return Barrier(f"systemd does not answer: {said}")
    uid, folder = os.geteuid(), os.environ.get("XDG_RUNTIME_DIR")
    own = f"/run/user/{uid}"
    if place.transport.status(own) is None:
        hint = f"as root: loginctl enable-linger {_name(uid)}; that starts it now and at boot"
        return Barrier("no systemd of yours runs", hint)
    if folder != own:
        shown = f"'{folder}'" if folder else "not set"
        return Barrier(f"XDG_RUNTIME_DIR is {shown}", f"export XDG_RUNTIME_DIR={own}")
    return Barrier(f"your systemd does not answer: {said}")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a user without an entry, as in some containers
        return str(uid)
