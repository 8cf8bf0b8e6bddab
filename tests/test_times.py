"""Moments as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from punix.cli.times import ago, rfc3339

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (-5, "0 s ago"),
        (119.9, "119 s ago"),
        (120, "2 min ago"),
        (7199, "119 min ago"),
        (7200, "2 h ago"),
        (47 * 3600, "47 h ago"),
        (48 * 3600, "2 d ago"),
        (400 * 86400, "400 d ago"),
    ],
)
def test_how_long_ago(seconds: float, wanted: str) -> None:
    assert ago(NOW, NOW - timedelta(seconds=seconds)) == wanted


def test_every_moment_is_written_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert rfc3339(there) == rfc3339(NOW) == "2026-11-25T20:00:00.000000Z"
    assert rfc3339(None) is None
