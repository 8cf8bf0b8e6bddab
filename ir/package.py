"""Stage `lowered`: packages and stacks as typed records, named by module.

In: a `Program` whose source digests are known. Out: for each package the script
and environment that its recipe made, for each stack its services and files.
Texts still name packages by module (`Out`); the `address` pass names them by
content and gives a `DerivationGraph`.
"""

import re
from typing import ClassVar, Literal, TypeAlias

from .names import BinaryName, Digest, ModuleName, PackageName, Version
from .node import Document, Node, node, uncompared
from .span import Source, Span
from .stack import Stack
from .text import Text, Variable

__all__ = [
    "COMMIT",
    "Bootstrap",
    "FetchedSource",
    "FixedSource",
    "HashType",
    "LocalPatch",
    "LocalSource",
    "Lowered",
    "NoSource",
    "Package",
    "PackageSource",
    "Patch",
    "Seed",
    "SourcePatch",
]

HashType: TypeAlias = Literal["sha256", "sha512", "blake3"]
"""The hash functions that sources are verified by."""

Bootstrap: TypeAlias = Literal["fast", "seeded", "source", "bootstrappable"]


COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""A commit of git, by SHA-1 or SHA-256."""


@node("no-source")
class NoSource(Node):
    """The build starts in an empty folder."""


@node("patch")
class Patch(Node):
    """A change to a source before it is built, fetched and verified by its sha256.

    `strip` is how many components of its paths are dropped; `span` is where the URL stands.
    """

    url: str = uncompared()
    hash: str
    strip: int
    span: Span = uncompared()
    hash_span: Span = uncompared()


@node("local-patch")
class LocalPatch(Node):
    """A change that lies beside the program: what it holds is hashed, as of a local source.

    `hash` is its sha256 if the program says so, empty otherwise; it is held against the file.
    `span` is where the path stands.
    """

    digest: Digest
    strip: int
    path: str = uncompared()
    hash: str = uncompared()
    span: Span = uncompared()
    hash_span: Span = uncompared()


SourcePatch: TypeAlias = Patch | LocalPatch


@node("local-source")
class LocalSource(Node):
    """A folder or file beside the program; of these only the digest and the patches are hashed."""

    digest: Digest
    path: str = uncompared()
    exclude: tuple[str, ...] = uncompared()
    span: Span = uncompared()
    patches: tuple[SourcePatch, ...] = ()


@node("fetched-source")
class FetchedSource(Node):
    """A source that is fetched and verified by hash: `url` or `git`.

    `type` and `hash` say what the bytes are, `filename` what a download that is no archive is
    called; `url`, at `span`, where they may be found, which changes nothing of what is built.
    """

    type: Literal["url", "git"]
    url: str = uncompared()
    filename: BinaryName | None
    hash: str
    hash_type: HashType
    patches: tuple[SourcePatch, ...]
    span: Span = uncompared()
    hash_span: Span = uncompared()
    tree_span: Span = uncompared()
    tree_hash: str | None = None
    submodules: bool = False

    @property
    def is_pinned(self) -> bool:
        """Whether it can be one thing only: a tag or branch may be another tomorrow."""
        return self.type == "url" or bool(self.tree_hash or COMMIT.fullmatch(self.hash))


@node("fixed-source")
class FixedSource(Node):
    """What a command makes with the network, verified by the digest of the tree that results.

    So the digest alone is hashed: another command for the same tree builds nothing anew.
    """

    command: str = uncompared()
    hash: str
    hash_type: HashType
    hash_span: Span = uncompared()


PackageSource: TypeAlias = NoSource | LocalSource | FetchedSource | FixedSource


@node("seed")
class Seed(Node):
    """Something that a package starts from besides sources; bootstrap modes are about these.

    `binary`: programs that somebody else built; `brew`: a text asks Homebrew for a place;
    `network`: the build fetches what it likes. `span` is the value that says so.
    """

    kind: Literal["binary", "brew", "network"]
    span: Span = uncompared()


@node("package")
class Package(Node):
    """A package whose recipe has run; `inputs` are sorted and name every direct dependency.

    `vendor` is a second source, what the recipe's tool would fetch: the build finds it at $VENDOR.
    `source_only` is what `meta.bootstrap_policy` asks for.
    `input_spans` says for each input where the program refers to it.
    """

    module: ModuleName
    pname: PackageName
    version: Version
    recipe: str
    recipe_version: int
    script: Text
    environment: tuple[Variable, ...]
    source: PackageSource
    vendor: PackageSource
    inputs: tuple[ModuleName, ...]
    network: bool
    span: Span = uncompared()
    input_spans: tuple[Span, ...] = uncompared()
    seeds: tuple[Seed, ...] = ()
    source_only: bool = False


@node("lowered")
class Lowered(Document):
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
