"""Mending what `verify` finds.

In: a store, and entries or all of it. Out: what became of each fault. Modes and times
are set again where the content is what it was. An entry whose content is not, or whose
facts are lost, is distrusted: its facts go, so that it counts no more, and its tree
stays for who uses it until the next build of that name puts another in its place.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from ...ir.names import StoreName
from ..files.fs import sync_filesystem
from .canonicalise import make_canonical, make_read_only
from .store import FOLDERS, Store
from .verify import Fault, verify_entry, verify_store

__all__ = ["Mended", "Outcome", "repair"]

Outcome = Literal["mended", "distrusted", "missing"]

UNTRUSTED = {"facts", "missing", "content"}
"""Faults after which nobody can say what an entry should be; only building it can."""


class Mended(NamedTuple):
    """What became of one fault; `name` is the entry's, None for the store as a whole.

    mended: as it should be. distrusted: the entry is valid no more. missing: another
    entry mentions it, and it is not valid.
    """

    outcome: Outcome
    name: StoreName | None
    message: str


def repair(store: Store, names: Iterable[StoreName] | None = None) -> Iterator[Mended]:
    """Mend some entries, or all that is wrong in a store; hold `store.using()` around it.

    Every byte of them is read. Raises OSError for what cannot be changed.
    """
    if names is None:
        for fault in verify_store(store):
            yield _mend_store(store, fault)
        names = store.names()
    missing: set[StoreName] = set()
    for name in names:
        with store.making(name):
            faults = list(verify_entry(store, name, deep=True))
            yield from _mend_entry(store, name, faults)
        missing.update(fault.needs for fault in faults if fault.needs)
    for name in sorted(missing):
        yield Mended("missing", name, "another path mentions it, and it is not valid")


def _mend_store(store: Store, fault: Fault) -> Mended:
    if fault.kind == "index":
        fault.path.unlink(missing_ok=True)
    elif fault.path.is_dir():
        fault.path.chmod(FOLDERS.get(fault.path.name, 0o755))
    else:
        store.create()
    return Mended("mended", None, f"{fault.path}: {fault.message}")


def _mend_entry(store: Store, name: StoreName, faults: list[Fault]) -> Iterator[Mended]:
    """Mend one entry, whose lock is held."""
    bad = [fault for fault in faults if fault.kind in UNTRUSTED]
    if bad:
        store.distrust(name)
        yield Mended("distrusted", name, bad[0].message)
        return
    mended = [fault for fault in faults if fault.kind in ("rights", "changed")]
    if mended:
        make_canonical(store.path(name))
        make_read_only(store.path(name))
        sync_filesystem(store.path(name))
        yield Mended("mended", name, mended[0].message)
