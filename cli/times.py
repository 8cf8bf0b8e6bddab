"""Moments as people and programs read them.

In: a moment. Out: how long ago it was, `3 h ago`, or UTC as RFC 3339 has it.
"""

from datetime import UTC, datetime

__all__ = ["ago", "rfc3339"]

STEPS = ((86400, "d"), (3600, "h"), (60, "min"))
"""From two of a unit on it is the unit that people count in."""


def ago(now: datetime, then: datetime) -> str:
    """Say how long ago something was; clocks that were set back show `0 s`."""
    seconds = max(0, int((now - then).total_seconds()))
    for size, unit in STEPS:
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def rfc3339(moment: datetime | None) -> str | None:
    """Write a moment in UTC, to the microsecond: `2026-11-23T03:15:00.250000Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
