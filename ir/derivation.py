"""Stage `derivation`: packages named by what they are made from.

In: `Lowered`. Out: derivations sorted by store name, each with everything that a
build needs; texts name other packages by store name. The name of a derivation
is computed by `store_name` over the fields listed there and nothing else:
neither module names nor spans nor file names nor a store root are in it.
"""

from typing import ClassVar

from .canonical import Tree, base32, digest_bytes
from .names import Digest, ModuleName, PackageName, StoreName, Version
from .node import Document, Node, node, uncompared
from .package import Bootstrap, PackageSource
from .span import Source, Span
from .stack import Stack
from .text import Text, Variable

__all__ = ["Derivation", "DerivationGraph", "PackageRef", "name_of", "store_name"]

CONTEXT = "punix 2026-11-23 derivation v1"


@node("derivation")
class Derivation(Node):
    """One build: what runs, on what, and the name that follows from it.

    `inputs` are the store names of the direct dependencies, sorted.
    """

    name: StoreName
    module: ModuleName
    pname: PackageName
    version: Version
    system: str
    recipe: str
    recipe_version: int
    script: Text
    environment: tuple[Variable, ...]
    source: PackageSource
    vendor: PackageSource
    inputs: tuple[StoreName, ...]
    network: bool
    span: Span = uncompared()
    source_only: bool = False


@node("package-ref")
class PackageRef(Node):
    """The store name that a module's package has."""

    module: ModuleName
    name: StoreName


@node("derivation-graph")
class DerivationGraph(Document):
    """All derivations by name, and which module has which (several may share one)."""

    IR: ClassVar[str] = "derivation"
    VERSION: ClassVar[int] = 1

    system: str
    bootstrap: Bootstrap
    scenario: str | None
    program: Digest
    derivations: tuple[Derivation, ...]
    packages: tuple[PackageRef, ...]
    stacks: tuple[Stack, ...]
    sources: tuple[Source, ...] = uncompared()


def store_name(  # noqa: PLR0913  # a name is the digest of just these
    pname: PackageName,
    version: Version,
    system: str,
    recipe: str,
    recipe_version: int,
    script: Text,
    environment: tuple[Variable, ...],
    source: PackageSource,
    vendor: PackageSource,
    inputs: tuple[StoreName, ...],
    network: bool,
    source_only: bool,
) -> StoreName:
    """Compute `<hash>-<pname>-<version>` from the fields that decide a build's result.

    The hash is the first 160 bits of blake3 in derive-key mode under CONTEXT,
    over the canonical bytes of the list of the fields in this function's order;
    `source_only` is one more of them only where it is true.
    """
    fields: tuple[Tree, ...] = (
        pname,
        version,
        system,
        recipe,
        recipe_version,
        script,
        environment,
        source,
        vendor,
        inputs,
        network,
    )
    if source_only:
        fields += (source_only,)
    return StoreName.of(base32(digest_bytes(fields, CONTEXT)[:20]), pname, version)


def name_of(one: Derivation) -> StoreName:
    """Compute the name that a derivation must have."""
    return store_name(
        one.pname,
        one.version,
        one.system,
        one.recipe,
        one.recipe_version,
        one.script,
        one.environment,
        one.source,
        one.vendor,
        one.inputs,
        one.network,
        one.source_only,
    )
