"""The kinds of module as data: which fields there are, what fits them, what they mean.

In: nothing. Out: one table for each kind of module. The checker, the lowering
pass (for defaults), `explain`, completion and the reference pages read them, so
that none of these can disagree. The arguments of a recipe are a `Schema` too;
recipes bring their own.
"""

from collections.abc import Mapping

from .health import MOST_SECONDS, HttpUrl, TcpAddress
from .names import (
    AccountName,
    BinaryName,
    CalendarTime,
    CredentialName,
    DirectiveName,
    Exposure,
    FileMode,
    FilePath,
    HostName,
    ModuleName,
    PackageName,
    Reason,
    RootPath,
    SocketAddress,
    SystemName,
    TimeSpan,
    UnitName,
    UserComment,
    VariableName,
    Version,
)
from .shape import (
    AnyShape,
    BoolShape,
    EitherShape,
    FieldSpec,
    IntShape,
    ListShape,
    MapShape,
    RecordShape,
    Schema,
    TaggedShape,
    TextShape,
)

__all__ = [
    "CONFIG_FILE",
    "DATA_FILE",
    "DOWNLOAD",
    "FLEET",
    "HARDENING_EXCEPTION",
    "HEALTH",
    "HOST",
    "KINDS",
    "PACKAGE",
    "PATCH",
    "SERVICE",
    "SOCKET",
    "SOURCES",
    "STACK",
    "SYSTEM_USER",
    "TIMER",
]

TEXT = TextShape()
SYMBOLIC = TextShape(symbolic=True)
TEXTS = ListShape(TEXT)

PATCH = Schema(
    "patch",
    "A change to a source before it is built.",
    (
        FieldSpec(
            "url", TEXT, "where the patch is: a URL or a path beside the program", required=True
        ),
        FieldSpec("hash", TEXT, "its sha256; a file beside the program may go without"),
        FieldSpec("strip", IntShape(0, 9), "leading path components to drop", default=1),
    ),
)

HASH_TYPE = TextShape(choices=("sha256", "sha512", "blake3"))
GIT_HASH_TYPE = TextShape(choices=("git", "sha256", "sha512", "blake3"))
PATCHES = FieldSpec(
    "patches",
    ListShape(EitherShape((RecordShape(PATCH), TEXT))),
    "changes applied after unpacking",
    default=(),
)

DOWNLOAD = Schema(
    "download",
    "One system's download.",
    (
        FieldSpec("system", TextShape(rule=SystemName), "for which it is", required=True),
        FieldSpec("url", TEXT, "where it is", required=True),
        FieldSpec("hash", TEXT, "its digest", required=True),
    ),
)


def _tag(kind: str) -> FieldSpec:
    return FieldSpec("type", TextShape(choices=(kind,)), "the kind of source", required=True)


SOURCES: Mapping[str, Schema] = {
    "local": Schema(
        "source local",
        "A folder or file beside the program, hashed by content.",
        (
            _tag("local"),
            FieldSpec("path", TEXT, "relative to the file in which it is written", required=True),
            FieldSpec(
                "exclude", TEXTS, "patterns of names to leave out, as in .gitignore", default=()
            ),
            PATCHES,
        ),
    ),
    "url": Schema(
        "source url",
        "A file that is downloaded and verified.",
        (
            _tag("url"),
            FieldSpec("url", TEXT, "http, https, file or mirror", required=True),
            FieldSpec("hash", TEXT, 'its digest in hexadecimal; "" asks what it is', required=True),
            FieldSpec("hashType", HASH_TYPE, "how `hash` was made", default="sha256"),
            PATCHES,
        ),
    ),
    "url_per_arch": Schema(
        "source url_per_arch",
        "A download for each system.",
        (
            _tag("url_per_arch"),
            FieldSpec(
                "perArch",
                ListShape(
                    RecordShape(DOWNLOAD),
                    unique="system",
                ),
                "one entry for each system",
                required=True,
            ),
            FieldSpec("hashType", HASH_TYPE, "how the hashes were made", default="sha256"),
            PATCHES,
        ),
    ),
    "git": Schema(
        "source git",
        "A commit of a repository.",
        (
            _tag("git"),
            FieldSpec("url", TEXT, "the repository: https, ssh, file, or a path", required=True),
            FieldSpec(
                "hash",
                TEXT,
                "a commit; or a tag or branch",
                required=True,
                alias="rev",
            ),
            FieldSpec("hashType", GIT_HASH_TYPE, "how `treeHash` was made", default="git"),
            FieldSpec("treeHash", TEXT, "digest of the checked-out tree: pins a tag or branch"),
            FieldSpec("submodules", BoolShape(), "check out submodules too", default=False),
            PATCHES,
        ),
    ),
    "fixed_output": Schema(
        "source fixed_output",
        "What a command makes with the network, verified by its tree's digest.",
        (
            _tag("fixed_output"),
            FieldSpec("command", TEXT, "shell text that fills $OUTPUT", required=True),
            FieldSpec("hash", TEXT, "digest of the tree that results", required=True),
            FieldSpec("hashType", HASH_TYPE, "how `hash` was made", default="sha256"),
        ),
    ),
}

PACKAGE = Schema(
    "package",
    "Software that is built from a source by a recipe.",
    (
        FieldSpec(
            "recipe", TextShape(names="recipe"), "how it is built: std.shell, …", required=True
        ),
        FieldSpec(
            "pname", TextShape(rule=PackageName), "its name in the store; default: the module's"
        ),
        FieldSpec("version", TextShape(rule=Version), "its version in the store", default="0"),
        FieldSpec("recipeArgs", RecordShape(None), "arguments of the recipe", default=()),
        FieldSpec(
            "source",
            TaggedShape("type", SOURCES),
            "what it is built from; none: nothing",
            default=(),
        ),
        FieldSpec(
            "vendor",
            TaggedShape("type", SOURCES),
            "what the recipe's tool would fetch: a second source, at $VENDOR in the build",
            default=(),
        ),
        FieldSpec(
            "deps",
            ListShape(TextShape(symbolic=True, names="dependency")),
            "packages that the build needs: X.pname, X.out or a pname",
            default=(),
        ),
        FieldSpec("env", MapShape(SYMBOLIC, VariableName), "environment of the build", default=()),
        FieldSpec("network", BoolShape(), "let the build use the network", default=False),
        FieldSpec("meta", AnyShape(), "free-form description, never hashed", default=()),
    ),
)

HEALTH = Schema(
    "health",
    "How to ask a service whether it is well after `--activate` has started it.",
    (
        FieldSpec("exec", ListShape(SYMBOLIC), "a program, and its arguments, that ends with 0"),
        FieldSpec("http", TextShape(rule=HttpUrl), "an URL that is answered with 200 to 299"),
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

SYSTEM_USER = Schema(
    "system user",
    "An account for services, which the deploy makes if it is not there.",
    (
        FieldSpec("name", TextShape(rule=AccountName), "its name", required=True),
        FieldSpec(
            "group",
            TextShape(rule=AccountName),
            "its first group, made too; default: one of its own, of the same name",
        ),
        FieldSpec("home", TextShape(rule=RootPath), "its home, not made here; default: /"),
        FieldSpec("shell", TextShape(rule=RootPath), "its shell; default: nobody logs in"),
        FieldSpec("description", TextShape(rule=UserComment), "what it is for"),
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

PATH = FieldSpec("path", TextShape(rule=FilePath), "where it goes", required=True)
OWNERS = (
    FieldSpec("owner", TextShape(rule=AccountName), "the user that owns it"),
    FieldSpec("group", TextShape(rule=AccountName), "the group that owns it"),
    FieldSpec(
        "install",
        TextShape(choices=("link", "copy")),
        "a link into the generation, or a copy for programs that refuse links",
        default="link",
    ),
)

CONFIG_FILE = Schema(
    "config file",
    "A file on the target, or a folder of them.",
    (
        PATH,
        FieldSpec("content", SYMBOLIC, "its text"),
        FieldSpec("source", TEXT, "in place of a text: a file or folder beside the program"),
        FieldSpec("exclude", TEXTS, "patterns of names to leave out, as in .gitignore", default=()),
        FieldSpec(
            "mode",
            TextShape(rule=FileMode),
            "permission bits in octal; default: 0644, and 0755 for an executable source",
        ),
        *OWNERS,
    ),
    one_of=(("content", "source"),),
)

DATA_FILE = Schema(
    "data file",
    "A file on the target that holds a value.",
    (
        PATH,
        FieldSpec(
            "format",
            TextShape(choices=("json", "toml", "yaml")),
            "how the value is written",
            required=True,
        ),
        FieldSpec("data", AnyShape(), "the value; for toml a record", required=True),
        FieldSpec("mode", TextShape(rule=FileMode), "permission bits in octal", default="0644"),
        *OWNERS,
    ),
)

STACK = Schema(
    "stack",
    "Services and files that are deployed together.",
    (
        FieldSpec(
            "backend", TextShape(names="backend"), "the service manager: systemd", required=True
        ),
        FieldSpec(
            "scope",
            TextShape(choices=("system", "user")),
            "whose it is: the machine's, or that of the user who deploys it",
            default="system",
        ),
        FieldSpec(
            "storeModules",
            ListShape(TextShape(rule=ModuleName, names="package")),
            "packages kept besides those that services use",
            default=(),
        ),
        FieldSpec(
            "services",
            ListShape(
                EitherShape(
                    (RecordShape(SERVICE), TextShape(rule=ModuleName, names="data module"))
                ),
                unique="name",
            ),
            "service records, or names of modules that are service records",
            default=(),
        ),
        FieldSpec(
            "systemUsers",
            ListShape(RecordShape(SYSTEM_USER), unique="name"),
            "accounts for its services",
            default=(),
        ),
        FieldSpec(
            "systemGroups",
            ListShape(TextShape(rule=AccountName)),
            "groups for its services",
            default=(),
        ),
        FieldSpec("configFiles", ListShape(RecordShape(CONFIG_FILE)), "text files", default=()),
        FieldSpec(
            "dataFiles",
            ListShape(
                EitherShape(
                    (RecordShape(DATA_FILE), TextShape(rule=ModuleName, names="data module"))
                )
            ),
            "files that hold a value, or names of modules that are such records",
            default=(),
        ),
        FieldSpec("hardening", HARDENING, "what its services are kept from doing", default="none"),
        FieldSpec(
            "maxExposure",
            TextShape(rule=Exposure),
            "the highest score of `systemd-analyze security` that a unit may have",
        ),
    ),
)

HOST = Schema(
    "host",
    "A machine of a fleet.",
    (
        FieldSpec("name", TextShape(rule=HostName), "its name, unique in the fleet", required=True),
        FieldSpec("target", TEXT, "where it is reached: user@host; default: its name"),
        FieldSpec(
            "stacks",
            ListShape(TextShape(rule=ModuleName, names="stack")),
            "the modules of the stacks that it has",
            default=(),
        ),
    ),
)

FLEET = Schema(
    "fleet",
    "Hosts that stacks are deployed to.",
    (FieldSpec("hosts", ListShape(RecordShape(HOST), unique="name"), "the hosts", required=True),),
)

KINDS: Mapping[str, Schema] = {"recipe": PACKAGE, "backend": STACK, "hosts": FLEET}
"""The member that makes a module one of a kind, and that kind's schema."""
