"""A folder in which a test builds packages for real."""

from pathlib import Path

import pytest
from real_builds import Site


@pytest.fixture
def site(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Site:
    """An empty folder; what `punix build` prints is captured."""

    def said() -> tuple[str, str]:
        captured = capfd.readouterr()
        return captured.out, captured.err

    return Site(tmp_path, said)
