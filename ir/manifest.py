"""The manifest of a generation, `gen-NNN.json`: the rollback contract.

In: a bundle, rendered. Out: everything that a rollback, a verification, a plan
and gc need, so that none of them evaluates anything. It holds no secret and no
unkeyed hash of one.
"""

from typing import ClassVar, Literal

from .bundle import UnitKind
from .canonical import digest
from .health import Health
from .names import AbsPath, AccountName, Digest, ModuleName, StoreName, UnitName
from .node import Document, Node, node
from .stack import Install, Scope
from .text import Text

__all__ = ["Manifest", "ManifestFile", "ManifestSecret", "ManifestUnit", "text_digest"]


def text_digest(text: Text) -> Digest:
    """Return the identity of a symbolic text: what a plan compares, whatever the store root."""
    return digest(text, "punix 2026-11-23 text v1")


@node("manifest-file")
class ManifestFile(Node):
    """A file as it was rendered: `sha256` is over its bytes, `text` over its symbolic text.

    `source` is `file:line` of the value that wrote it; `size` in bytes and
    `modified`, in seconds of Unix time, are those of the staged file, so that a
    rollback sees without reading it that nobody wrote to it.
    """

    path: AbsPath
    sha256: str
    text: Digest
    mode: int
    owner: AccountName | None
    group: AccountName | None
    install: Install
    source: str
    size: int
    modified: int


@node("manifest-secret")
class ManifestSecret(Node):
    """A file of `secrets/`: where its values come from, and blake3 of it keyed with `key`."""

    name: str
    references: tuple[str, ...]
    keyed: Digest


@node("manifest-unit")
class ManifestUnit(Node):
    """A unit and what it stands on; see `bundle.Unit`. `source` is `file:line`."""

    name: UnitName
    kind: UnitKind
    service: str
    path: AbsPath
    meaning: Digest
    requires: tuple[UnitName, ...]
    triggers: tuple[UnitName, ...]
    files: tuple[AbsPath, ...]
    packages: tuple[StoreName, ...]
    secrets: tuple[str, ...]
    enable: bool
    wanted_by: str | None
    health: Health | None
    source: str


@node("manifest")
class Manifest(Document):
    """One generation of one stack.

    `tree` names the folder that holds its files (an older one where the content
    is the same); `previous` is the generation that was live before it;
    `store_root` is where `store_paths`, its whole run-time closure, lie.
    `deployed_at` is UTC in RFC 3339. `home` is what `~` was in its paths, None in scope
    system. Everything is sorted by path or name.
    """

    IR: ClassVar[str] = "manifest"
    VERSION: ClassVar[int] = 1

    stack: ModuleName
    kind: Literal["stack"]
    backend: str
    scope: Scope
    scenario: str | None
    generation: int
    tree: str
    previous: int | None
    deployed_at: str
    deployed_by: str
    tool: str
    source_hash: Digest
    bundle: Digest
    store_root: str
    store_paths: tuple[StoreName, ...]
    files: tuple[ManifestFile, ...]
    secrets: tuple[ManifestSecret, ...]
    units: tuple[ManifestUnit, ...]
    shared_files: tuple[AbsPath, ...]
    enablement: tuple[UnitName, ...]
    dirs: tuple[AbsPath, ...]
    home: AbsPath | None = None
