"""Where a stack may put files on a Linux host, whatever its service manager.

In: the files of a bundle. Out: nothing, or E18 for a path that stacks may not
write and E19 for two files of which one is in the other's place, with both sites.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from ..ir.bundle import BundleFile
from ..ir.diagnostics import Code, Collector, Label
from ..ir.names import AbsPath
from ..ir.span import Span

__all__ = ["check_collisions", "check_place"]

ALLOWED = ("/etc", "/opt", "/srv", "/usr/local", "/var/lib")

PROTECTED = tuple(
    f"/etc/{name}"
    for name in (
        *("NetworkManager/dispatcher.d", "apt/apt.conf.d", "bash.bashrc", "cron.*", "crontab"),
        *("environment", "group", "group-", "gshadow", "gshadow-", "init.d", "ld.so.*"),
        *("modprobe.d", "nsswitch.conf", "pam.conf", "pam.d", "passwd", "passwd-", "polkit-1"),
        *("profile*", "rc.local", "rc?.d", "security", "shadow", "shadow-", "ssh", "subgid"),
        *("subuid", "sudo.conf", "sudoers*", "udev"),
    )
)
"""Patterns of paths; what is below one is protected too."""

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


def check_place(path: AbsPath, span: Span, found: Collector) -> bool:
    """Whether a file that the program wrote may lie there; adds E18 if not."""
    if not any(path.startswith(f"{folder}/") for folder in ALLOWED):
        hint = f"files go below {', '.join(ALLOWED)}"
        found.error(Code.E18, f"a stack may not write '{path}'", span, hint=hint)
    elif _matches(path, PROTECTED):
        hint = "a mistake there locks people out or gives rights away"
        found.error(Code.E18, f"'{path}' is protected", span, hint=hint)
    elif _matches(path, UNIT_FOLDERS):
        hint = "write a service; its unit is made from it"
        found.error(Code.E18, f"'{path}' is in a folder of units", span, hint=hint)
    else:
        return True
    return False


def _matches(path: str, patterns: Iterable[str]) -> bool:
    parts = path.split("/")
    return any(
        fnmatchcase("/".join(parts[: pattern.count("/") + 1]), pattern) for pattern in patterns
    )


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
