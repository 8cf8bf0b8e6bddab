"""`python import_once.py STORE ARCHIVE`: one import in a process of its own, to be killed."""

import sys
from pathlib import Path

from punix.ir.names import RootPath
from punix.runtime.store.exchange import import_entries
from punix.runtime.store.store import Store

if __name__ == "__main__":
    store = Store(RootPath(sys.argv[1]))
    store.create()
    with store.using(), Path(sys.argv[2]).open("rb") as archive:
        list(import_entries(store, archive, str))
