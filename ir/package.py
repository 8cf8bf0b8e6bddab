"""Stage `lowered`: packages and stacks as typed records, named by module.

In: a `Program` whose source digests are known. Out: for each package the script
and environment that its recipe made, for each stack its services and files.
Texts still name packages by module (`Out`); the `address` pass names them by
content and gives a `DerivationGraph`.
"""

from typing import ClassVar, Literal, TypeAlias

from .names import Digest, ModuleName, PackageName, Version
from .node import Node, node, uncompared
from .span import Source, Span
from .stack import Stack
from .text import Text, Variable

__all__ = [
    "Bootstrap",
    "FetchedSource",
    "LocalSource",
    "Lowered",
    "NoSource",
    "Package",
    "PackageSource",
]

Bootstrap: TypeAlias = Literal["fast", "seeded", "source", "bootstrappable"]


@node("no-source")
class NoSource(Node):
    """The build starts in an empty folder."""


@node("local-source")
class LocalSource(Node):
    """A folder or file beside the program; only the digest of its contents is hashed."""

    digest: Digest
    path: str = uncompared()
    exclude: tuple[str, ...] = uncompared()
    span: Span = uncompared()


@node("fetched-source")
class FetchedSource(Node):
    """A source that is fetched and verified by hash: `url` or `git`.

    `type` and `hash` say what the bytes are; `url` where they may be found.
    """

    type: Literal["url", "git", "fixed_output"]
    url: str
    hash: str
    hash_type: str
    patches: tuple[str, ...]
    span: Span = uncompared()


PackageSource: TypeAlias = NoSource | LocalSource | FetchedSource


@node("package")
class Package(Node):
    """A package whose recipe has run; `inputs` are sorted and name every direct dependency."""

    module: ModuleName
    pname: PackageName
    version: Version
    recipe: str
    recipe_version: int
    script: Text
    environment: tuple[Variable, ...]
    source: PackageSource
    inputs: tuple[ModuleName, ...]
    network: bool
    span: Span = uncompared()


@node("lowered")
class Lowered(Node):
    """All packages and stacks of a program, sorted by module, for one system.

    `program` is the digest of the Program that this came from.
    """

    IR: ClassVar[str] = "lowered"
    VERSION: ClassVar[int] = 1

    system: str
    bootstrap: Bootstrap
    scenario: str | None
    program: Digest
    packages: tuple[Package, ...]
    stacks: tuple[Stack, ...]
    sources: tuple[Source, ...] = uncompared()
