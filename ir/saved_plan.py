"""A plan in a file: what a person agreed to, and all that is needed to do just that.

In: a plan, the closure that it was made of, and what it was compared with. Out: one
sealed document, which `service apply` carries out on the same target as long as
nothing of it has moved. It holds no secret and no unkeyed hash of one.
"""

from typing import ClassVar

from .closure import Closure
from .names import AbsPath, Digest
from .node import Document, Node, node
from .plan import Plan

__all__ = ["KeyedSecret", "SavedPlan"]


@node("keyed-secret")
class KeyedSecret(Node):
    """A secret file of the bundle, and blake3 of it keyed with the stack's `key`."""

    name: str
    keyed: Digest


@node("saved-plan")
class SavedPlan(Document):
    """A plan and its grounds.

    `live` and `active` are the identities of the manifests that it was compared with, None
    where there was none; `secrets` are those whose values and key could be had. The roots
    are absolute, and `home` is what `~` was in paths, None in scope system.
    """

    IR: ClassVar[str] = "saved-plan"
    VERSION: ClassVar[int] = 1

    plan: Plan
    live: Digest | None
    active: Digest | None
    secrets: tuple[KeyedSecret, ...]
    store_root: str
    deployments_root: str
    transport_root: str
    home: AbsPath | None
    closure: Closure
