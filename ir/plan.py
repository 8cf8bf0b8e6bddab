"""Stage `plan`: what a deploy would do, before it does it.

In: a `Bundle` and the manifest of what runs now, if any. Out: one entry for each
file, one action for each unit with the reason and the line that caused it.
"""

from typing import ClassVar, Literal, TypeAlias

from .names import Digest, FilePath, ModuleName, StoreName, UnitName
from .node import Document, Node, node

__all__ = ["Action", "FileChange", "Plan", "UnitAction"]

Action: TypeAlias = Literal["start", "stop", "restart", "reload", "none"]


@node("file-change")
class FileChange(Node):
    """`changed /etc/hello.conf`; `source` is `file:line`, empty for what is removed."""

    path: FilePath
    change: Literal["added", "changed", "removed", "kept"]
    source: str


@node("unit-action")
class UnitAction(Node):
    """`restart hello.service: /etc/hello.conf changed (hello.pcl:31)`.

    One that something else starts does it only `if_running`. `since` is the generation
    compared with, where that is another than the plan's `against`.
    """

    unit: UnitName
    action: Action
    reason: str
    source: str
    if_running: bool = False
    since: int | None = None


@node("plan")
class Plan(Document):
    """What changes between generation `against` (None: nothing deployed) and a bundle."""

    IR: ClassVar[str] = "plan"
    VERSION: ClassVar[int] = 1

    stack: ModuleName
    against: int | None
    bundle: Digest
    files: tuple[FileChange, ...]
    units: tuple[UnitAction, ...]
    packages_added: tuple[StoreName, ...]
    packages_removed: tuple[StoreName, ...]
