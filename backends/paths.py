"""Where a stack may put files on a Linux host, whatever its service manager.

In: the files of a bundle, and its scope. Out: nothing, or E18 for a path that stacks may not
write and E19 for two files of which one is in the other's place, with both sites.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from pathlib import PurePosixPath
from typing import NamedTuple

from ..ir.bundle import BundleFile
from ..ir.diagnostics import Code, Collector, Label
from ..ir.names import FilePath
from ..ir.span import Span
from ..ir.stack import Scope
from . import home_paths

__all__ = ["check_collisions", "check_made", "check_place", "check_socket"]

ALLOWED = ("/etc", "/opt", "/srv", "/usr/local", "/var/lib")

PROTECTED: Mapping[str, tuple[str, ...]] = {
    "it says who may log in, and what they may do": (
        *("/etc/apparmor", "/etc/apparmor.d", "/etc/doas.conf", "/etc/doas.d", "/etc/group"),
        *("/etc/group-", "/etc/gshadow", "/etc/gshadow-", "/etc/krb5.*", "/etc/login.access"),
        *("/etc/login.defs", "/etc/nologin", "/etc/nslcd.conf", "/etc/nsswitch.conf"),
        *("/etc/pam.conf", "/etc/pam.d", "/etc/passwd", "/etc/passwd-", "/etc/polkit-1"),
        *("/etc/securetty", "/etc/security", "/etc/selinux", "/etc/shadow", "/etc/shadow-"),
        *("/etc/shells", "/etc/ssh", "/etc/sssd", "/etc/subgid", "/etc/subgid-", "/etc/subuid"),
        *("/etc/subuid-", "/etc/sudo.conf", "/etc/sudo_logsrvd.conf", "/etc/sudoers*"),
        *("/etc/systemd/homed.conf*", "/etc/systemd/logind.conf*", "/etc/userdb"),
        *("/usr/local/lib/userdb", "/usr/local/share/polkit-1", "/var/lib/AccountsService"),
        *("/var/lib/extrausers", "/var/lib/polkit-1", "/var/lib/sss"),
        "/var/lib/systemd/linger",
    ),
    "every login or shell runs it": (
        *("/etc/X11/Xsession*", "/etc/X11/xinit", "/etc/bash.*", "/etc/bash_completion.d"),
        *("/etc/bashrc", "/etc/csh.*", "/etc/environment", "/etc/environment.d", "/etc/fish"),
        *("/etc/inputrc", "/etc/ksh.kshrc", "/etc/mkshrc", "/etc/profile*", "/etc/skel"),
        *("/etc/tcsh.*", "/etc/update-motd.d", "/etc/xdg/autostart", "/etc/zlog*"),
        *("/etc/zprofile", "/etc/zsh", "/etc/zshenv", "/etc/zshrc"),
        *("/usr/local/lib/environment.d",),
    ),
    "what stands there runs as root, unasked": (
        *("/etc/NetworkManager/dispatcher.d", "/etc/acpi", "/etc/anacrontab", "/etc/at.*"),
        *("/etc/binfmt.d", "/etc/cron.*", "/etc/crontab", "/etc/dbus-1", "/etc/dhcp/*-hooks*"),
        *("/etc/ifplugd", "/etc/inetd.conf", "/etc/init.d", "/etc/inittab", "/etc/kernel"),
        *("/etc/network", "/etc/networkd-dispatcher", "/etc/ppp/*.d", "/etc/ppp/ip*"),
        *("/etc/rc.d", "/etc/rc.local", "/etc/rc?.d", "/etc/resolvconf", "/etc/runit"),
        *("/etc/sv", "/etc/tmpfiles.d", "/etc/udev", "/etc/xinetd.conf", "/etc/xinetd.d"),
        *("/usr/local/lib/binfmt.d", "/usr/local/lib/tmpfiles.d", "/usr/local/lib/udev"),
        *("/usr/local/share/dbus-1", "/var/lib/cron*"),
    ),
    "every program or the whole machine starts with it": (
        *("/etc/crypttab", "/etc/default/grub*", "/etc/dracut.conf*", "/etc/fstab"),
        *("/etc/grub.d", "/etc/initramfs-tools", "/etc/ld-*.path", "/etc/ld.so.*"),
        *("/etc/machine-id", "/etc/mkinitcpio*", "/etc/modprobe.d", "/etc/modules"),
        *("/etc/modules-load.d", "/etc/sysusers.d", "/usr/local/lib/modprobe.d"),
        *("/usr/local/lib/modules-load.d", "/usr/local/lib/sysusers.d"),
    ),
    "software is installed by it, and trusted": (
        *("/etc/alternatives", "/etc/apk", "/etc/apt", "/etc/ca-certificates*", "/etc/dnf"),
        *("/etc/dpkg", "/etc/pacman.*", "/etc/pki/ca-trust", "/etc/pki/rpm-gpg", "/etc/rpm"),
        *("/etc/ssl/certs", "/etc/yum*", "/etc/zypp", "/usr/local/share/ca-certificates"),
        *("/var/lib/apt", "/var/lib/dnf", "/var/lib/dpkg", "/var/lib/pacman", "/var/lib/rpm"),
    ),
    "punix keeps its own things there": ("/etc/punix", "/var/lib/punix"),
}
"""Patterns of paths by what a mistake there does; what is below one is protected too."""

UNIT_FOLDERS = (
    "/etc/systemd/*-generators",
    "/etc/systemd/system",
    "/etc/systemd/system.*",
    "/etc/systemd/system-*",
    "/etc/systemd/user",
    "/etc/systemd/user.*",
    "/etc/systemd/user-*",
    "/usr/local/lib/systemd",
)
"""Folders that a service manager reads by itself; only a backend writes there."""


class Ground(NamedTuple):
    """Where the files of a scope may go, and where in that they may not."""

    allowed: tuple[str, ...]
    protected: Mapping[str, tuple[str, ...]]
    unit_folders: tuple[str, ...]


GROUNDS: Mapping[Scope, Ground] = {
    "system": Ground(ALLOWED, PROTECTED, UNIT_FOLDERS),
    "user": Ground(("~",), home_paths.PROTECTED, home_paths.UNIT_FOLDERS),
}

ABOVE = frozenset(
    str(folder)
    for pattern in chain(*PROTECTED.values(), UNIT_FOLDERS)
    for folder in PurePosixPath(pattern).parents
)
"""The folders in which protected paths are; only the last name of a pattern has a `*`."""

TRANSIENT = ("/run", "/tmp", "/var/cache", "/var/log", "/var/spool", "/var/tmp")
"""Where besides what services make or listen at may lie."""

OF_THE_SYSTEM = (
    *("/run/dbus", "/run/log", "/run/systemd", "/run/udev", "/run/user", "/run/utmp"),
    *("/var/log/journal", "/var/log/wtmp", "/var/spool/at*", "/var/spool/cron*"),
)


def check_socket(path: FilePath, scope: Scope, span: Span, found: Collector) -> None:
    """Add E18 for a path where a socket of a stack may not be: whatever is there goes."""
    if scope == "user":
        message = f"a user's socket cannot be at '{path}'"
        found.error(Code.E18, message, span, hint="give it a port")
    else:
        check_made(path, span, found)


def check_made(path: FilePath, span: Span, found: Collector) -> None:
    """Add E18 for a path where what the system's manager makes for a stack may not be.

    It may replace a folder, or give away all that is in it: so no protected path is below one.
    """
    if not _is_below(path, (*ALLOWED, *TRANSIENT)):
        hint = f"it goes below {', '.join((*ALLOWED, *TRANSIENT))}"
        found.error(Code.E18, f"a stack may not write '{path}'", span, hint=hint)
    elif not _is_below(path, TRANSIENT):
        if check_place(path, "system", span, found) and path in ABOVE:
            message = f"below '{path}' there are protected paths"
            found.error(Code.E18, message, span, hint="name a folder of its own")
    elif _matches(path, OF_THE_SYSTEM):
        found.error(Code.E18, f"'{path}' is protected", span, hint="the system has its own there")


def check_place(path: FilePath, scope: Scope, span: Span, found: Collector) -> bool:
    """Whether a file that the program wrote may lie there; adds E18 if not."""
    ground = GROUNDS[scope]
    if not _is_below(path, ground.allowed):
        found.error(Code.E18, f"a stack may not write '{path}'", span, hint=_elsewhere(path, scope))
    elif why := next((why for why, rows in ground.protected.items() if _matches(path, rows)), None):
        found.error(Code.E18, f"'{path}' is protected", span, hint=why)
    elif _matches(path, ground.unit_folders):
        hint = "write a service; its unit is made from it"
        found.error(Code.E18, f"'{path}' is in a folder of units", span, hint=hint)
    else:
        return True
    return False


def _elsewhere(path: FilePath, scope: Scope) -> str:
    if scope == "user":
        return "in scope 'user' files go below the user's home: write ~/…"
    if path.startswith("~"):
        return "~/… is for stacks of scope 'user'"
    return f"files go below {', '.join(ALLOWED)}"


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return _expression(patterns).match(path) is not None


@cache
def _expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Compile patterns of paths: `*` and `?` stay within a name, and what is below one fits."""
    any_of = "|".join(map(re.escape, patterns)).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(rf"(?:{any_of})(?:/|\Z)")


def check_collisions(files: Iterable[BundleFile], found: Collector) -> None:
    """Add E19 for two files on one path, or one on a folder of the other's path."""
    table: dict[str, BundleFile] = {}
    for file in files:
        first = table.setdefault(file.path, file)
        if first is not file:
            notes = [Label(first.span, "the other is here")]
            message, hint = f"two files on '{file.path}'", "give each a path of its own"
            found.error(Code.E19, message, file.span, notes=notes, hint=hint)
    for file in table.values():
        for folder in PurePosixPath(file.path).parents:
            above = table.get(str(folder))
            if above is not None:
                notes = [Label(above.span, f"'{folder}' is a file")]
                message = f"'{file.path}' is below a file of this stack"
                hint = "a path is a file or a folder, not both"
                found.error(Code.E19, message, file.span, notes=notes, hint=hint)
