"""What tests of the store share."""

from pathlib import Path

import pytest

from punix.ir.names import RootPath
from punix.runtime.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    made = Store(RootPath(str(tmp_path / "store")))
    made.create()
    return made
