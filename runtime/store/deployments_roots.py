"""The deployments roots that a store knows.

In: a store, a deployments root that begins to use it. Out: which roots are there, and
which are gone. A root that cannot be looked at, because its file system is not mounted,
is neither: gc must never take silence for consent.

    <deployments root>/.punix-root     32 hexadecimal digits that no other root has
    <store>/.roots/<digest>            a `Registration`: the path, those digits, the mount
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from blake3 import blake3

from ...ir.codec import CodecError, dumps, loads
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.node import Document, node
from ..files.fs import make_folder, sync_folder, write_file
from ..files.lock import hold
from ..files.mounts import mount_of
from .generation_roots import unreadable
from .store import FOLDERS, Store

__all__ = [
    "Registration",
    "drop_root",
    "forget_root",
    "is_deployments_root",
    "is_there",
    "register_root",
    "registrations",
]

MARKER = ".punix-root"


@node("store-root")
class Registration(Document):
    """A deployments root as it was when it registered itself.

    `path` is where the folder really lies, below any transport root; `identity` is what
    its marker says; `mount` is the mount that held it, empty if unknown.
    """

    IR: ClassVar[str] = "store-root"
    VERSION: ClassVar[int] = 1

    path: str
    identity: str
    mount: str


def register_root(store: Store, deployments_root: Path) -> None:
    """Let gc honour the manifests below a deployments root; durable, and the same twice as once.

    Another root that once had this path keeps its registration: it may be away.
    """
    path = Path(os.path.abspath(deployments_root))
    found = Registration(os.fsdecode(path), _identity(path), mount_of(path))
    record, data = _record(store, found), dumps(found).encode()
    if record.exists() and record.read_bytes() == data:
        return
    make_folder(record.parent, FOLDERS[".roots"])
    with hold(store.inner("roots.lock")):
        write_file(record, data)


def registrations(store: Store) -> list[Registration]:
    """Return all registrations by path, whether the roots are there or not.

    Raises ProgramError (E27) for one that is damaged.
    """
    try:
        records = sorted(store.inner(".roots").iterdir())
    except FileNotFoundError:
        return []
    found = [_read(store, record) for record in records if not record.name.startswith(".")]
    return sorted(found, key=lambda one: (one.path, one.identity))


def is_there(root: Registration) -> bool:
    """Whether the root lies in its place, or a folder that may have its generations.

    False if it is gone for good. Raises ProgramError (E29) where that cannot be known
    because another file system is there, or none.
    """
    path = Path(root.path)
    try:
        if _marker(path) == root.identity:
            return True
        same = root.mount and root.mount == mount_of(path)
    except OSError as problem:
        raise ProgramError([unreadable(path, problem)]) from None
    if not same:
        raise ProgramError([_away(path)])
    return os.path.lexists(path) and _marker(path) is None


def is_deployments_root(folder: Path) -> bool:
    """Whether somebody has deployed to a folder."""
    return _marker(folder) is not None


def drop_root(store: Store, root: Registration) -> None:
    """Forget a deployments root, and what its generations pin."""
    _record(store, root).unlink(missing_ok=True)
    sync_folder(store.inner(".roots"))


def forget_root(store: Store, deployments_root: Path) -> None:
    """Forget a deployments root that is not in its place, and what its generations pin.

    Raises ProgramError (E26) if the store knows none of this path, or it is there.
    """
    path = os.path.abspath(deployments_root)
    known = [root for root in registrations(store) if root.path == path]
    lost = [root for root in known if _marker(Path(path)) != root.identity]
    if not lost:
        problem = "is there, and its generations need the store" if known else "is not known"
        raise ProgramError([Diagnostic(Code.E26, f"deployments root '{path}' {problem}")])
    for root in lost:
        drop_root(store, root)


def _away(path: Path) -> Diagnostic:
    """Say that a deployments root is not there, and may be once more."""
    return Diagnostic(
        Code.E29,
        f"deployments root '{path}' is not there: another file system is, or none",
        hint=f"nothing was removed; mount it, or say that it is gone: punix store forget {path}",
    )


def _identity(folder: Path) -> str:
    """Return what the marker of a root says; make one if there is none."""
    found = _marker(folder)
    if found is not None:
        return found
    made = os.urandom(16).hex()
    staged = folder / f"{MARKER}-{made}"
    write_file(staged, f"{made}\n".encode())
    with suppress(FileExistsError):  # another store's command was faster
        os.link(staged, folder / MARKER)
    staged.unlink()
    sync_folder(folder)
    return (folder / MARKER).read_text(encoding="ascii").strip()


def _marker(folder: Path) -> str | None:
    try:
        return (folder / MARKER).read_text(encoding="ascii", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _read(store: Store, record: Path) -> Registration:
    try:
        found = loads(Registration, record.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ProgramError([unreadable(record, problem)]) from None
    except (CodecError, UnicodeDecodeError) as problem:
        raise ProgramError([_damaged(record, str(problem))]) from None
    if record != _record(store, found):
        raise ProgramError([_damaged(record, "it is about another root")])
    return found


def _record(store: Store, root: Registration) -> Path:
    named = os.fsencode(root.path) + b"\0" + root.identity.encode()
    return store.inner(".roots", blake3(named).hexdigest()[:32])


def _damaged(record: Path, problem: str) -> Diagnostic:
    return Diagnostic(
        Code.E27,
        f"'{record}' is damaged: {problem}",
        hint="nothing was removed; remove it, and the next deploy there writes it anew",
    )
