"""Programs that are run and not trusted: how they end is known whoever called us."""

import signal

import pytest
from patience import PATIENCE

from punix.runtime.files.bounded import run_bounded


def test_a_status_is_known_where_the_caller_ignores_children() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert run_bounded(["sh", "-c", "echo no; exit 3"], PATIENCE, 100) == (3, b"no\n")
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_the_last_of_an_output_is_kept_and_time_is_kept_to() -> None:
    assert run_bounded(["seq", "5"], PATIENCE, 4) == (0, b"4\n5\n")
    with pytest.raises(TimeoutError, match=r"not done in 0\.1 s"):
        run_bounded(["sleep", "1000"], 0.1, 100)
