"""A stack as a typed record: services and files, independent of any service manager.

Before `address` its texts name packages by module, afterwards by content.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from .health import Health
from .names import (
    AccountName,
    DirectiveName,
    FilePath,
    ModuleName,
    NewAccountName,
    Reason,
    RootPath,
    UserComment,
)
from .node import Node, node, uncompared
from .span import Span
from .text import Text, Variable

__all__ = [
    "ConfigFile",
    "Directive",
    "ExposureLimit",
    "Hardening",
    "HardeningException",
    "Install",
    "Scope",
    "Service",
    "Socket",
    "Stack",
    "SystemUser",
    "Timer",
]

Scope: TypeAlias = Literal["system", "user"]
Install: TypeAlias = Literal["link", "copy"]
Hardening: TypeAlias = Literal["none", "default", "strict"]


@node("directive")
class Directive(Node):
    """One entry of `serviceConfig`, or of a timer or socket: `MemoryMax = "64M"`."""

    name: str
    text: Text
    span: Span = uncompared()


@node("timer")
class Timer(Node):
    """When a service is started; then nothing else starts it.

    `settings` are those given of `onCalendar`, `onBootSec`, `onUnitActiveSec` and
    `randomizedDelay`, in this order, as the program names them. A run that was due while
    the machine was off is made up for if the timer is `persistent`.
    """

    settings: tuple[Directive, ...]
    persistent: bool
    span: Span = uncompared()


@node("socket")
class Socket(Node):
    """Where the service manager listens for a service, which it starts when somebody comes.

    `listens` are entries of `listenStream` and `listenDatagram`; `mode` and the accounts are
    those of sockets that are paths.
    """

    listens: tuple[Directive, ...]
    mode: int | None
    user: AccountName | None
    group: AccountName | None
    span: Span = uncompared()


@node("exposure-limit")
class ExposureLimit(Node):
    """What no unit of a stack may exceed, in tenths of `systemd-analyze security`'s score."""

    tenths: int
    span: Span = uncompared()


@node("hardening-exception")
class HardeningException(Node):
    """A directive of a level that a service goes without; `instead` takes its place, if any."""

    directive: DirectiveName
    instead: Directive | None
    reason: Reason
    span: Span = uncompared()


@node("service")
class Service(Node):
    """A program that the service manager keeps running.

    `executable` is `<package>/bin/<binary>`; `environment`, `credentials` (each one
    secret) and `directives` are sorted by name; `package` and `binary` stay beside for
    messages and checks. At `reload_signal` (`SIGHUP`) it reads its files again. With
    `health` it counts as started when that says so.
    `hardening` is its own or its stack's level, and `exceptions` are sorted by directive.
    """

    name: str
    package: ModuleName
    binary: str
    executable: Text
    arguments: tuple[Text, ...]
    depends_on: tuple[str, ...]
    environment: tuple[Variable, ...]
    credentials: tuple[Variable, ...]
    directives: tuple[Directive, ...]
    enable: bool
    user: AccountName | None
    restart: str
    reload_signal: str | None
    health: Health | None
    timer: Timer | None
    socket: Socket | None
    hardening: Hardening
    exceptions: tuple[HardeningException, ...]
    tmpfiles: tuple[str, ...]
    span: Span = uncompared()
    binary_span: Span = uncompared()
    argument_spans: tuple[Span, ...] = uncompared()
    depends_on_spans: tuple[Span, ...] = uncompared()
    tmpfiles_spans: tuple[Span, ...] = uncompared()

    def texts(self) -> Iterator[Text]:
        """Yield every text that the service itself reads; that of `health` is none of them."""
        yield self.executable
        yield from self.arguments
        yield from (variable.text for variable in self.environment)
        yield from (directive.text for directive in self.directives)
        yield from (one.instead.text for one in self.exceptions if one.instead)


@node("config-file")
class ConfigFile(Node):
    """A text file on the target; `mode` holds permission bits (0o644 = 420)."""

    path: FilePath
    text: Text
    mode: int
    owner: AccountName | None
    group: AccountName | None
    install: Install
    span: Span = uncompared()
    text_span: Span = uncompared()


@node("system-user")
class SystemUser(Node):
    """An account that the stack needs: one that nobody logs in as, without a `shell`.

    `group` is its first group; None: one of its own, of the same name.
    """

    name: NewAccountName
    group: AccountName | None
    home: RootPath | None
    shell: RootPath | None
    description: UserComment | None
    span: Span = uncompared()


@node("stack")
class Stack(Node):
    """What one deploy puts on a target. Services keep the program's order; files are by path.

    `pins` are the packages named by `storeModules`, by module. No unit may be more exposed
    than `max_exposure` says.
    """

    module: ModuleName
    backend: str
    scope: Scope
    pins: tuple[ModuleName, ...]
    services: tuple[Service, ...]
    config_files: tuple[ConfigFile, ...]
    max_exposure: ExposureLimit | None
    users: tuple[SystemUser, ...]
    groups: tuple[NewAccountName, ...]
    span: Span = uncompared()

    def texts(self) -> Iterator[Text]:
        """Yield every text of its services, their health checks, and files."""
        for service in self.services:
            yield from service.texts()
            yield from service.health.texts() if service.health else ()
        yield from (file.text for file in self.config_files)
