"""Stage `closure`: for each stack, the packages that it uses and all that they are built from.

In: `DerivationGraph`. Out: the same derivations, only those that something
needs, and a root set with its closure for each stack. It embeds the stacks, so
that a backend is a function of this alone.
"""

from typing import ClassVar

from .derivation import Derivation, PackageRef
from .names import Digest, StoreName
from .node import Document, Node, node, uncompared
from .package import Bootstrap
from .span import Source
from .stack import Stack

__all__ = ["Closure", "StackClosure"]


@node("stack-closure")
class StackClosure(Node):
    """A stack, the packages it uses directly, and everything those are built from; sorted."""

    stack: Stack
    roots: tuple[StoreName, ...]
    members: tuple[StoreName, ...]


@node("closure")
class Closure(Document):
    """Derivations sorted by name, stacks sorted by module."""

    IR: ClassVar[str] = "closure"
    VERSION: ClassVar[int] = 1

    system: str
    bootstrap: Bootstrap
    scenario: str | None
    program: Digest
    derivations: tuple[Derivation, ...]
    packages: tuple[PackageRef, ...]
    stacks: tuple[StackClosure, ...]
    sources: tuple[Source, ...] = uncompared()
