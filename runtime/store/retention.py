"""What stays though nothing needs it, and for how long.

In: entries, when they were built and how big they are. Out: which of them a policy spares.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ...ir.names import StoreName
from .build_records import logged_names
from .index import Holding
from .mark import Root
from .store import BuildTime, Store

__all__ = ["Policy", "old_records", "too_many", "young_roots"]

RECORD_DAYS = 30
"""How long the log of a build is kept when there is nothing in the store that it made."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Which entries stay though nothing needs them.

    Those built in the last `keep_days`, with what they mention; and of the others the
    youngest, as long as the store's trees hold at most `max_size` bytes. None: no such entries.
    """

    keep_days: float | None = None
    max_size: int | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def young(self) -> str | None:
        """Since when an entry is young, as `Entry.built_at` is written."""
        if self.keep_days is None:
            return None
        return (self.now - timedelta(days=self.keep_days)).strftime(BuildTime.FORMAT)


def young_roots(entries: Iterable[Holding], policy: Policy) -> list[Root]:
    """Return the entries that are young, as roots: what they mention stays as well."""
    since = policy.young
    if since is None:
        return []
    return [Root("young", one.built_at, one.name) for one in entries if one.built_at >= since]


def too_many(dead: Sequence[Holding], size: int, policy: Policy) -> Sequence[Holding]:
    """Return the first of the dead: so many that a store of `size` bytes is no longer too big."""
    if policy.max_size is None:
        return dead
    going = []
    for one in dead:
        if size <= policy.max_size:
            break
        going.append(one)
        size -= one.size
    return going


def old_records(store: Store, valid: Collection[StoreName], now: datetime) -> tuple[StoreName, ...]:
    """Return the names, sorted, of which a build is recorded that is old and made nothing valid."""
    oldest = (now - timedelta(days=RECORD_DAYS)).timestamp()
    return tuple(
        sorted(
            name
            for name in logged_names(store)
            if name not in valid and store.log_path(name).stat().st_mtime < oldest
        )
    )
