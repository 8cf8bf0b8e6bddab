"""What keeps store entries: the deployments roots that a store knows, and their manifests.

In: a store. Out: its registered deployments roots, and each entry that a
generation pins, with the file that says so. What cannot be read is an error:
gc must never take silence for consent.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from blake3 import blake3

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import StoreName
from ..files.fs import make_folder, sync_folder, write_file
from ..files.sealed import Damaged, unseal
from .store import FOLDERS, Store

__all__ = ["deployment_roots", "drop_root", "pins", "register_root"]

MANIFEST = re.compile(r"gen-[0-9]+\.json")
JOURNAL = "journal.json"
STORE_NAME = re.compile(StoreName.PATTERN.pattern.encode("ascii"))


def register_root(store: Store, deployments_root: Path) -> None:
    """Let gc honour the manifests below a deployments root; durable, and the same twice as once.

    The path is where the folder really lies, below any transport root.
    """
    path = Path(os.path.abspath(deployments_root))
    record = _record(store, path)
    data = os.fsencode(path) + b"\n"
    if record.exists() and record.read_bytes() == data:
        return
    make_folder(record.parent, FOLDERS[".roots"])
    write_file(record, data)


def deployment_roots(store: Store) -> list[Path]:
    """Return the registered deployments roots, sorted, whether they still exist or not."""
    try:
        records = sorted(store.inner(".roots").iterdir())
    except FileNotFoundError:
        return []
    found = []
    for record in records:
        if record.name.startswith("."):  # a temporary file
            continue
        path = Path(os.fsdecode(record.read_bytes().removesuffix(b"\n")))
        if record != _record(store, path):
            raise _stop(record, "is damaged")
        found.append(path)
    return sorted(found)


def drop_root(store: Store, deployments_root: Path) -> None:
    """Forget a deployments root."""
    _record(store, deployments_root).unlink(missing_ok=True)
    sync_folder(store.inner(".roots"))


def pins(store: Store, roots: Iterable[Path]) -> Iterator[tuple[StoreName, Path]]:
    """Yield each entry of this store that a generation below some roots needs, and why.

    A root that is gone pins nothing. Raises ProgramError for what cannot be read (E29)
    and for manifests that are no manifests (E27).
    """
    for root in roots:
        for folder in _stacks(root):
            yield from _stack_pins(store, folder)


def _stacks(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if path.is_dir())
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise _unreadable(root, problem) from None


def _stack_pins(store: Store, folder: Path) -> Iterator[tuple[StoreName, Path]]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as problem:
        raise _unreadable(folder, problem) from None
    here = os.path.realpath(store.root)  # a store may be reached by several names
    for name in names:
        path = folder / name
        if MANIFEST.fullmatch(name):
            manifest = _manifest(path)
            if os.path.realpath(manifest.store_root) == here:
                yield from ((pinned, path) for pinned in manifest.store_paths)
        elif name == JOURNAL:
            yield from _mentioned(path)


def _manifest(path: Path) -> Manifest:
    try:
        return unseal(Manifest, _read(path))
    except Damaged as problem:
        raise _stop(path, f"is no manifest: {problem}") from None


def _mentioned(path: Path) -> Iterator[tuple[StoreName, Path]]:
    """Take whatever looks like an entry: a deploy that was interrupted may go on with it."""
    for text in sorted(set(STORE_NAME.findall(_read(path)))):
        yield StoreName(text.decode("ascii")), path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise _unreadable(path, problem) from None


def _record(store: Store, path: Path) -> Path:
    return store.inner(".roots", blake3(os.fsencode(path)).hexdigest()[:32])


def _unreadable(path: Path, problem: OSError) -> ProgramError:
    message = f"'{path}' cannot be read: {problem.strerror}"
    return ProgramError([Diagnostic(Code.E29, message, hint="nothing was removed")])


def _stop(path: Path, problem: str) -> ProgramError:
    return ProgramError([Diagnostic(Code.E27, f"'{path}' {problem}", hint="nothing was removed")])
