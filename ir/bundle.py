"""Stage `bundle`: the files and units that one stack is, on one service manager.

In: a `Closure`, through a backend. Out: files with symbolic text, units with
what they use, and the packages to pin. Pure data: golden tests need no machine.
"""

from typing import ClassVar, Literal, TypeAlias

from .health import Health
from .names import AbsPath, AccountName, Digest, FilePath, ModuleName, StoreName, UnitName
from .node import Document, Node, node, uncompared
from .span import Source, Span
from .stack import ExposureLimit, Install, Scope
from .text import Text

__all__ = ["Accounts", "Bundle", "BundleFile", "SecretFile", "Unit", "UnitKind"]

UnitKind: TypeAlias = Literal["service", "timer", "socket"]


@node("file")
class BundleFile(Node):
    """A file on the target; a path `~/…` is in a home folder that is not known yet.

    `line_spans` says for each line of the text which value wrote it.
    """

    path: FilePath
    text: Text
    mode: int
    owner: AccountName | None
    group: AccountName | None
    install: Install
    span: Span = uncompared()
    line_spans: tuple[Span, ...] = uncompared()


@node("secret-file")
class SecretFile(Node):
    """`gen-NNN/secrets/<name>`: rendered by the runtime, 0600, linked nowhere.

    `secret_spans` says for each secret of the text, in order, where it was written.
    """

    name: str
    text: Text
    span: Span = uncompared()
    secret_spans: tuple[Span, ...] = uncompared()


@node("unit")
class Unit(Node):
    """A unit and what it stands on.

    `service` is the program's name for it; `meaning` is a digest of the unit
    text without keys that change nothing at run time; `files`, `packages` and
    `secrets` are what a change of which makes it restart. One that `reloads` reads its
    files again when it is told to, but for `start_files`, which are some of `files`.
    A change of `health` alone acts on nothing.
    One that has `triggers`, timers and sockets, is started by these alone.
    A timer or socket runs nothing itself: its `executable` is empty.
    """

    name: UnitName
    kind: UnitKind
    service: str
    path: FilePath
    executable: Text
    binary: str
    meaning: Digest
    requires: tuple[UnitName, ...]
    triggers: tuple[UnitName, ...]
    files: tuple[FilePath, ...]
    packages: tuple[StoreName, ...]
    secrets: tuple[str, ...]
    reloads: bool
    start_files: tuple[FilePath, ...]
    enable: bool
    wanted_by: str | None
    health: Health | None
    span: Span = uncompared()
    binary_span: Span = uncompared()


@node("accounts")
class Accounts(Node):
    """The users and groups that the file at `path` asks the system to make; by name."""

    path: FilePath
    users: tuple[AccountName, ...]
    groups: tuple[AccountName, ...]


@node("bundle")
class Bundle(Document):
    """Files by path, units in an order in which each follows what it requires.

    `shared_files` are config files that no unit names and that any may read,
    sorted; a change of one makes every unit restart. `home` is the folder that `~` was:
    with it every path is absolute, as `home.at_home` makes them.
    `max_exposure` is as in `Stack`.
    """

    IR: ClassVar[str] = "bundle"
    VERSION: ClassVar[int] = 1

    stack: ModuleName
    backend: str
    scope: Scope
    scenario: str | None
    program: Digest
    files: tuple[BundleFile, ...]
    secret_files: tuple[SecretFile, ...]
    units: tuple[Unit, ...]
    shared_files: tuple[FilePath, ...]
    accounts: Accounts | None
    roots: tuple[StoreName, ...]
    declared: tuple[StoreName, ...]
    sources: tuple[Source, ...] = uncompared()
    home: AbsPath | None = None
    max_exposure: ExposureLimit | None = None
