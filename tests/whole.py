"""What must be true of a store, whatever happened to it."""

import os
from collections.abc import Collection
from pathlib import Path

from punix.ir.names import StoreName
from punix.runtime.store.store import Store
from punix.runtime.store.verify import verify

__all__ = ["check_tidy", "check_whole"]


def check_whole(store: Store, needed: Collection[StoreName] = ()) -> None:
    """There is nothing that `store verify --deep` finds, and what is needed is valid."""
    found = list(verify(store, deep=True))
    assert found == [], [(fault.path, fault.message) for fault in found]
    assert set(store.names()) >= set(needed)


def check_tidy(store: Store, wanted: Collection[StoreName]) -> None:
    """There is what is wanted, and nothing that is left of a command."""
    there = {name for name in os.listdir(store.root) if name[0] != "."}
    assert there - {"gc.lock", "roots.lock", "db.sqlite"} == set(wanted) == set(store.names())
    for folder in (".tmp", ".trash"):
        assert os.listdir(store.inner(folder)) == []
    for folder in (".meta", ".roots", ".pins"):
        assert [path for path in Path(store.inner(folder)).iterdir() if path.name[0] == "."] == []
