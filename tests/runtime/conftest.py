"""What tests of the store and of builds share."""

from pathlib import Path

import pytest
from builds import Workshop

from punix.ir.names import RootPath
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    made = Store(RootPath(str(tmp_path / "store")))
    made.create()
    return made


@pytest.fixture(params=[pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Workshop:
    """A place to build in, with each of the sandboxes."""
    return Workshop.at(tmp_path, sandbox_named(request.param))
