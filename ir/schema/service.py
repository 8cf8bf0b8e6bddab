"""The fields of a service and of the records in it: its health, timer, socket, hardening.

In: nothing. Out: their tables.
"""

from ..addresses import SocketAddress
from ..health import MOST_SECONDS, HttpUrl, TcpAddress
from ..names import (
    AccountName,
    BinaryName,
    CredentialName,
    DirectiveName,
    FileMode,
    ModuleName,
    Reason,
    UnitName,
    VariableName,
)
from ..times import CalendarTime, TimeSpan
from .shape import (
    SYMBOLIC,
    TEXTS,
    BoolShape,
    EitherShape,
    FieldSpec,
    IntShape,
    ListShape,
    MapShape,
    RecordShape,
    Schema,
    TextShape,
)

__all__ = [
    "HARDENING",
    "HARDENING_EXCEPTION",
    "HEALTH",
    "SERVICE",
    "SOCKET",
    "TIMER",
]

HEALTH = Schema(
    "health",
    "How to ask a service whether it is well after `--activate` has started it.",
    (
        FieldSpec("exec", ListShape(SYMBOLIC), "a program, and its arguments, that ends with 0"),
        FieldSpec("http", TextShape(rule=HttpUrl), "a URL that is answered with 200 to 299"),
        FieldSpec("tcp", TextShape(rule=TcpAddress), "host:port that takes connections"),
        FieldSpec(
            "within", IntShape(1, MOST_SECONDS), "seconds that it has to get well", default=10
        ),
        FieldSpec(
            "settle", IntShape(0, MOST_SECONDS), "seconds that it then has to stay so", default=2
        ),
    ),
    one_of=(("exec", "http", "tcp"),),
)

TIMER = Schema(
    "timer",
    "When a service is started, in place of with the others.",
    (
        FieldSpec(
            "onCalendar",
            TextShape(rule=CalendarTime),
            "at these times: daily, Mon..Fri 08:00, *:0/15",
        ),
        FieldSpec("onBootSec", TextShape(rule=TimeSpan), "so long after the machine's start"),
        FieldSpec("onUnitActiveSec", TextShape(rule=TimeSpan), "so long after its last start"),
        FieldSpec(
            "persistent",
            BoolShape(),
            "make up for a time of onCalendar at which the machine was off",
            default=True,
        ),
        FieldSpec(
            "randomizedDelay", TextShape(rule=TimeSpan), "wait at random up to so long each time"
        ),
    ),
    one_of=(("onCalendar", "onBootSec", "onUnitActiveSec"),),
)

ADDRESSES = ListShape(TextShape(rule=SocketAddress))
SOCKET = Schema(
    "socket",
    "Where the service manager listens for a service, and starts it when somebody comes.",
    (
        FieldSpec("listenStream", ADDRESSES, "ports, address:port or paths", default=()),
        FieldSpec("listenDatagram", ADDRESSES, "the same for datagrams", default=()),
        FieldSpec(
            "mode", TextShape(rule=FileMode), "permission bits of a path in octal; default: 0666"
        ),
        FieldSpec("user", TextShape(rule=AccountName), "the user that owns a path"),
        FieldSpec("group", TextShape(rule=AccountName), "the group that owns a path"),
    ),
    one_of=(("listenStream", "listenDatagram"),),
)

DIRECTIVE_VALUE = EitherShape((SYMBOLIC, BoolShape(), IntShape()))
HARDENING = TextShape(choices=("none", "default", "strict"))

HARDENING_EXCEPTION = Schema(
    "hardening exception",
    "A directive of a hardening level that a service goes without.",
    (
        FieldSpec("directive", TextShape(rule=DirectiveName), "which one", required=True),
        FieldSpec(
            "value", DIRECTIVE_VALUE, "what stands in its place; default: the directive is left out"
        ),
        FieldSpec(
            "reason", TextShape(rule=Reason), "why; a comment of the unit says it", required=True
        ),
    ),
)

SERVICE = Schema(
    "service",
    "A program that the service manager keeps running.",
    (
        FieldSpec("name", TextShape(rule=UnitName), "its name, unique in the stack", required=True),
        FieldSpec(
            "package",
            TextShape(rule=ModuleName, names="package"),
            "the module of its package",
            required=True,
        ),
        FieldSpec(
            "binary",
            TextShape(rule=BinaryName),
            "an executable in the package's bin folder",
            required=True,
        ),
        FieldSpec("args", ListShape(SYMBOLIC), "its arguments, passed as they are", default=()),
        FieldSpec(
            "dependsOn",
            ListShape(TextShape(names="service")),
            "services that must run before it",
            default=(),
        ),
        FieldSpec(
            "environment",
            MapShape(TextShape(symbolic=True, secret=True), VariableName),
            "its environment; secrets reach it through a file that only root reads",
            default=(),
        ),
        FieldSpec(
            "credentials",
            MapShape(TextShape(secret=True), CredentialName),
            "secrets that it finds as files in $CREDENTIALS_DIRECTORY",
            default=(),
        ),
        FieldSpec(
            "serviceConfig",
            MapShape(DIRECTIVE_VALUE, DirectiveName),
            "more directives of the service manager",
            default=(),
        ),
        FieldSpec("enable", BoolShape(), "start at boot when deployed with --enable", default=True),
        FieldSpec("user", TextShape(rule=AccountName), "the user that it runs as"),
        FieldSpec(
            "restart",
            TextShape(
                choices=(
                    "no",
                    "on-success",
                    "on-failure",
                    "on-abnormal",
                    "on-watchdog",
                    "on-abort",
                    "always",
                )
            ),
            "when the service manager starts it again",
            default="on-failure",
        ),
        FieldSpec(
            "reloadSignal",
            TextShape(choices=("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH")),
            "the signal at which it reads its files again, in place of a restart",
        ),
        FieldSpec(
            "health",
            RecordShape(HEALTH),
            "what it is asked after it was started; where the answer is bad, all goes back",
        ),
        FieldSpec("timer", RecordShape(TIMER), "when it is started"),
        FieldSpec("socket", RecordShape(SOCKET), "what it is started for"),
        FieldSpec("hardening", HARDENING, "what it is kept from doing; default: as its stack says"),
        FieldSpec(
            "hardeningExcept",
            ListShape(RecordShape(HARDENING_EXCEPTION), unique="directive"),
            "directives of its level that it goes without, each with a reason",
            default=(),
        ),
        FieldSpec(
            "tmpfiles",
            TEXTS,
            "folders and files that are there before it starts, as tmpfiles.d(5) writes them",
            default=(),
        ),
    ),
)
