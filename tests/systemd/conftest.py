"""One machine that runs systemd as PID 1, booted once for all tests that ask for it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import Machine, boot, root_file_system

ROOT = Path(os.environ.get("PUNIX_TEST_ROOTFS") or Path.home() / ".cache/punix-tests/bookworm")
"""Read now: tests run with a home folder of their own."""


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """A booted Debian; what a test leaves in it, later tests see."""
    if os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("booting a machine needs root", pytrace=False)
        pytest.skip("booting a machine needs root")
    with boot(root_file_system(ROOT)) as booted:
        yield booted
