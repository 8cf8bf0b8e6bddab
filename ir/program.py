"""Stage `program`: every module with every value, typed, composed and explained.

In: an `Ast`, evaluated in the base or with one scenario. Out: modules sorted by
name, members sorted by name, each value with the place and rung that won.

    program (scenario production)
      module Hello: package
        version = "1.0"          derived
"""

from typing import ClassVar, Literal, TypeAlias

from .ast import Rung
from .names import Digest, Label, ModuleName
from .node import Document, Node, node, uncompared
from .span import Source, Span
from .text import Text
from .value import Value

__all__ = [
    "ConfigSource",
    "Edge",
    "Kind",
    "Member",
    "Module",
    "Origin",
    "Program",
    "Site",
    "SourceDigest",
    "SourceFile",
]

Kind: TypeAlias = Literal["package", "stack", "fleet", "data"]
Origin: TypeAlias = Literal["option", "derived", "contribution"]


@node("site")
class Site(Node):
    """One place that offered a value for a member: the module that did, and on which rung."""

    origin: Origin
    rung: Rung
    module: str
    span: Span = uncompared()


@node("edge")
class Edge(Node):
    """`target` is a package that this module's values reach; `span` is the reference."""

    target: ModuleName
    span: Span = uncompared()


@node("member")
class Member(Node):
    """`port = 443`, the winner, and beside it who agreed and who was overridden."""

    name: Label
    value: Value
    span: Span = uncompared()
    winner: Site = uncompared()
    agreed: tuple[Site, ...] = uncompared()
    overridden: tuple[Site, ...] = uncompared()


@node("module")
class Module(Node):
    """`module Hello { … }`, whole: members by name, packages it depends on by name.

    `edges` holds one entry for each package that a reference from this module
    reaches (through data modules, holes, `for`, both branches of `if`; `meta`
    does not count), and for each literal of `deps` that is some package's pname.
    """

    name: ModuleName
    kind: Kind
    members: tuple[Member, ...]
    edges: tuple[Edge, ...]
    span: Span = uncompared()

    def get(self, name: str) -> Value | None:
        """Return a member's value, None if there is none."""
        for member in self.members:
            if member.name == name:
                return member.value
        return None


@node("source-digest")
class SourceDigest(Node):
    """What a local source of a package held when it was asked for.

    `module` names the package, `member` which of its sources: `source` or `vendor`;
    `digest` is blake3 over its contents (store tree format).
    """

    module: ModuleName
    member: str
    digest: Digest


@node("source-file")
class SourceFile(Node):
    """A file of a stack's source: `path` is below it, empty if the source is the file."""

    path: str
    executable: bool
    text: Text


@node("config-source")
class ConfigSource(Node):
    """What a `source` of config files held when it was asked for, files by path.

    `path` is as the program's file names are; what it holds is hashed, not where it lies.
    """

    path: str = uncompared()
    exclude: tuple[str, ...] = uncompared()
    files: tuple[SourceFile, ...]


@node("program")
class Program(Document):
    """A whole program, evaluated. `digests` and `contents` are empty until one asks the disk."""

    IR: ClassVar[str] = "program"
    VERSION: ClassVar[int] = 1

    scenario: str | None
    modules: tuple[Module, ...]
    digests: tuple[SourceDigest, ...]
    contents: tuple[ConfigSource, ...]
    sources: tuple[Source, ...] = uncompared()
