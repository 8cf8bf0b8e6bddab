"""Hardening levels as data, and the block that they write into [Service].

In: a service with its level and exceptions. Out: the lines of the block, in which a
directive of `serviceConfig` never stands, because that one wins; an exception is a
comment with its reason, and its own value below, if it has one.

`systemd-analyze security` gives a unit of `default` 2.0 or better and one of `strict`
1.5 or better, also where it runs as root; tests measure both. Every directive is known
to systemd 247 and later. No level says who a service runs as.
"""

from collections.abc import Collection, Iterator, Mapping

from ...ir.diagnostics import Code, Collector
from ...ir.spell import nearest_or_all
from ...ir.stack import Hardening, HardeningException, Service
from .escape import comment, line_value
from .guard import guarded
from .unit import Comment, Line

__all__ = ["LEVELS", "block"]

Level = Mapping[str, tuple[str, ...]]
"""Directives, each with the value of each of its lines."""

DEFAULT: Level = {
    "CapabilityBoundingSet": ("CAP_NET_BIND_SERVICE",),
    "LockPersonality": ("true",),
    "NoNewPrivileges": ("true",),
    "PrivateDevices": ("true",),
    "PrivateMounts": ("true",),
    "PrivateTmp": ("true",),
    "ProtectClock": ("true",),
    "ProtectControlGroups": ("true",),
    "ProtectHome": ("true",),
    "ProtectHostname": ("true",),
    "ProtectKernelLogs": ("true",),
    "ProtectKernelModules": ("true",),
    "ProtectKernelTunables": ("true",),
    "ProtectProc": ("invisible",),
    "ProtectSystem": ("full",),
    "RestrictAddressFamilies": ("AF_INET AF_INET6 AF_NETLINK AF_UNIX",),
    "RestrictNamespaces": ("true",),
    "RestrictRealtime": ("true",),
    "RestrictSUIDSGID": ("true",),
    "SystemCallArchitectures": ("native",),
    "SystemCallErrorNumber": ("EPERM",),
    "SystemCallFilter": ("@system-service", "~@privileged"),
}
"""What an ordinary network daemon does not notice, on a port below 1024 as well."""

STRICT: Level = {
    **DEFAULT,
    "CapabilityBoundingSet": ("",),
    "MemoryDenyWriteExecute": ("true",),
    "PrivateUsers": ("true",),
    "ProcSubset": ("pid",),
    "ProtectSystem": ("strict",),
    "RemoveIPC": ("true",),
    "RestrictAddressFamilies": ("AF_INET AF_INET6 AF_UNIX",),
    "SystemCallFilter": ("@system-service", "~@privileged @resources"),
    "UMask": ("0077",),
}
"""What a program can be made to do without: it writes to folders named for it alone."""

LEVELS: Mapping[Hardening, Level] = {"none": {}, "default": DEFAULT, "strict": STRICT}


def block(service: Service, found: Collector) -> Iterator[Comment | Line]:
    """Yield the lines of a service's level, by directive."""
    level = LEVELS[service.hardening]
    own = {directive.name for directive in service.directives}
    exceptions: dict[str, HardeningException] = {one.directive: one for one in service.exceptions}
    for one in service.exceptions:
        _check(one, service.hardening, own, found)
    for name in sorted(level.keys() - own):
        if name in exceptions:
            yield from _excepted(exceptions[name], found)
        else:
            yield from (Line(name, (value,), service.span) for value in level[name])


def _check(
    one: HardeningException, hardening: Hardening, own: Collection[str], found: Collector
) -> None:
    """Add an E1 for an exception that excepts nothing."""
    level = LEVELS[hardening]
    if one.directive not in level:
        hint = nearest_or_all(one.directive, level)
        message = f"hardening '{hardening}' does not set '{one.directive}'"
        found.error(Code.E1, message, one.span, hint=hint or "leave the exception out")
    elif one.directive in own:
        message = f"'{one.directive}' is in serviceConfig, which wins over the level"
        found.error(Code.E1, message, one.span, hint="keep one of them")


def _excepted(one: HardeningException, found: Collector) -> Iterator[Comment | Line]:
    text = guarded(comment, (f"Except {one.directive}: {one.reason}",), one.span, found)
    yield Comment(text, one.span)
    instead = one.instead
    if instead is not None:
        value = guarded(line_value, instead.text, instead.span, found)
        yield Line(instead.name, value, instead.span)
