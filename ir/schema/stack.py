"""The fields of a stack and of its files and accounts, and of a fleet, which has stacks.

In: nothing. Out: their tables.
"""

from ..names import (
    AccountName,
    Exposure,
    FileMode,
    FilePath,
    HostName,
    ModuleName,
    NewAccountName,
    RootPath,
    UserComment,
)
from .service import HARDENING, SERVICE
from .shape import (
    SYMBOLIC,
    TEXT,
    TEXTS,
    AnyShape,
    EitherShape,
    FieldSpec,
    ListShape,
    RecordShape,
    Schema,
    TextShape,
)

__all__ = [
    "CONFIG_FILE",
    "DATA_FILE",
    "FLEET",
    "HOST",
    "STACK",
    "SYSTEM_USER",
]

SYSTEM_USER = Schema(
    "system user",
    "An account for services, which the deploy makes if it is not there.",
    (
        FieldSpec("name", TextShape(rule=NewAccountName), "its name", required=True),
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
            ListShape(TextShape(rule=NewAccountName)),
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
