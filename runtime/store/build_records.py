"""What is kept of the last build of each name, whether it succeeded or not.

In: a store, derivations. Out: two files for each name that was built here:

    <root>/.logs/<name>.log         what the build printed
    <root>/.logs/<name>.drv.json    the derivation that was built

They are no part of the entry, and nothing is built from them, so URLs are kept without the
accounts that may be in them: anybody may read these files. A derivation needs no seal:
its name is the digest of all that decides the build, so what is read back is held against
the name that it was asked for.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from ...ir.codec import CodecError, dumps, loads
from ...ir.derivation import Derivation, name_of
from ...ir.names import BadName, StoreName
from ...ir.node import Document, node
from ...ir.package import FetchedSource, LocalSource, PackageSource, Patch
from ...ir.urls import shown
from .store import Store

__all__ = ["BuildRecord", "begin_record", "forget_records", "logged_names", "recorded"]

LOG, DERIVATION = ".log", ".drv.json"
LOG_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


@node("build-record")
class BuildRecord(Document):
    """A derivation by itself, as it was handed to the builder."""

    IR: ClassVar[str] = "build-record"
    VERSION: ClassVar[int] = 1

    derivation: Derivation


def begin_record(store: Store, order: Derivation) -> None:
    """Keep the derivation of a build that begins, and empty its log; hold its lock.

    Nothing is synced: what a crash damages is not believed, see `recorded`.
    """
    kept = replace(order, source=_public(order.source), vendor=_public(order.vendor))
    _overwrite(_derivation_path(store, order.name), dumps(BuildRecord(kept)).encode("utf-8"))
    _overwrite(store.log_path(order.name), b"")


def _public(source: PackageSource) -> PackageSource:
    """Return a source without the accounts of its URLs, and of those of its patches."""
    if isinstance(source, FetchedSource):
        source = replace(source, url=shown(source.url))
    if isinstance(source, FetchedSource | LocalSource):
        patches = (
            replace(patch, url=shown(patch.url)) if isinstance(patch, Patch) else patch
            for patch in source.patches
        )
        source = replace(source, patches=tuple(patches))
    return source


def _overwrite(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, LOG_FLAGS, 0o644), "wb") as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(data)


def recorded(store: Store, name: StoreName) -> Derivation | None:
    """Return the derivation that the last build of a name here had.

    None if there was no such build, or if what was kept of it is damaged.
    """
    try:
        text = _derivation_path(store, name).read_text(encoding="utf-8")
        order = loads(BuildRecord, text).derivation
    except (FileNotFoundError, UnicodeDecodeError, CodecError):
        return None
    return order if order.name == name == name_of(order) else None


def logged_names(store: Store) -> list[StoreName]:
    """Return the names that were built here, the last build first; none if there is no store."""
    found: list[tuple[int, StoreName]] = []
    try:
        files = list(os.scandir(store.inner(".logs")))
    except FileNotFoundError:
        return []
    for file in files:
        if file.name.endswith(LOG):
            with suppress(BadName, FileNotFoundError):
                name = StoreName(file.name.removesuffix(LOG))
                found.append((-file.stat().st_mtime_ns, name))
    return [name for _, name in sorted(found)]


def forget_records(store: Store, names: Iterable[StoreName]) -> None:
    """Remove what is kept of the builds of some names."""
    for name in names:
        store.log_path(name).unlink(missing_ok=True)
        _derivation_path(store, name).unlink(missing_ok=True)


def _derivation_path(store: Store, name: StoreName) -> Path:
    return store.inner(".logs", f"{name}{DERIVATION}")
