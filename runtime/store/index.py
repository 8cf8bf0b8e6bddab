"""An index over the facts of a store, for questions about all of them.

In: a store. Out: an `Index` that agrees with the files of `.meta`, which are the
truth: what mentions an entry, how many there are, what they hold.

`<root>/db.sqlite` is brought up to date by whoever asks and may write it; for all
others a copy in memory is. So builds and gc never wait for it, and it may be lost,
damaged or old at any time.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple

from ...ir.names import StoreName
from .index_update import agree, read_facts
from .store import Store

__all__ = ["Holding", "Index", "index_differs", "open_index"]

WAIT_SECONDS = 2.0
MEMORY = "file::memory:"


class Holding(NamedTuple):
    """A valid entry: the bytes that its files hold, and when it was built."""

    name: StoreName
    size: int
    built_at: str


class Index:
    """Answers about the valid entries of a store; made by `open_index`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def holdings(self) -> list[Holding]:
        """Return all valid entries, sorted by name."""
        rows = self._db.execute(
            "SELECT name, size, built_at FROM entry WHERE seen NOT NULL ORDER BY name"
        )
        return [Holding(StoreName(name), size, built_at) for name, size, built_at in rows]

    def totals(self) -> tuple[int, int]:
        """Return how many valid entries there are, and the bytes that they hold."""
        count, size = self._db.execute(
            "SELECT count(*), total(size) FROM entry WHERE seen NOT NULL"
        ).fetchone()
        return count, int(size)

    def referrers(self, name: StoreName) -> tuple[StoreName, ...]:
        """Return the valid entries that mention an entry, sorted."""
        rows = self._db.execute(
            "SELECT user.name FROM mention JOIN entry used ON used.id = mention.used"
            " JOIN entry user ON user.id = mention.user WHERE used.name = ? ORDER BY user.name",
            (name,),
        )
        return tuple(StoreName(user) for (user,) in rows)

    def mentions(self) -> set[tuple[str, str]]:
        """Return each valid entry with each that it mentions."""
        return set(
            self._db.execute(
                "SELECT user.name, used.name FROM mention JOIN entry used ON used.id = mention.used"
                " JOIN entry user ON user.id = mention.user"
            )
        )


def index_differs(store: Store) -> bool:
    """Whether the index, brought up to date, says something else than the facts.

    Facts that were edited in place, or an index that was, are not noticed otherwise.
    Raises ProgramError (E25) for bad facts.
    """
    with open_index(store) as index:
        holdings, mentions = index.holdings(), index.mentions()
    entries = read_facts(store, store.names())
    return holdings != [Holding(one.name, one.size, one.built_at) for one in entries] or (
        mentions != {(one.name, used) for one in entries for used in one.references}
    )


@contextmanager
def open_index(store: Store) -> Iterator[Index]:
    """Open the index of a store, brought up to date. Raises ProgramError (E25) for bad facts."""
    with closing(_on_disk(store) or _in_memory(store)) as connection:
        yield Index(connection)


def _on_disk(store: Store) -> sqlite3.Connection | None:
    """Return the file, up to date; None where this process cannot make it so."""
    path = store.inner("db.sqlite")
    if not store.inner(".meta").is_dir():
        return None
    for _ in range(2):  # a damaged one is made anew, once
        try:
            return _current(store, f"file:{path}?mode=rwc")
        except sqlite3.OperationalError:  # no right to write, or somebody else does just now
            return None
        except sqlite3.DatabaseError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return None


def _in_memory(store: Store) -> sqlite3.Connection:
    """Return a copy of the file, if it can be read, up to date."""
    path = store.inner("db.sqlite")
    with suppress(sqlite3.DatabaseError), closing(_connect(f"file:{path}?mode=ro")) as file:
        return _current(store, MEMORY, file)
    return _current(store, MEMORY)


def _connect(where: str) -> sqlite3.Connection:
    return sqlite3.connect(where, uri=True, timeout=WAIT_SECONDS, isolation_level=None)


def _current(
    store: Store, where: str, model: sqlite3.Connection | None = None
) -> sqlite3.Connection:
    """Open an index and bring it up to date, from a copy of `model` if there is one."""
    connection = _connect(where)
    try:
        if model is not None:
            model.execute("BEGIN")
            model.execute("SELECT 1 FROM sqlite_schema")  # else `backup` waits for ever for a lock
            model.backup(connection)
        agree(store, connection)
    except BaseException:
        connection.close()
        raise
    return connection
