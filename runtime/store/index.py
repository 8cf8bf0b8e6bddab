"""An index over the facts of a store, for questions about all of them.

In: a store. Out: an `Index` that agrees with the files of `.meta`, which are the
truth: what mentions an entry, how many there are, what they hold.

`<root>/db.sqlite` is brought up to date by whoever asks and may write it; for all
others a copy in memory is. So builds and gc never wait for it, and it may be lost,
damaged or old at any time.

    entry       id, name; for a valid entry also its size, built_at and what stat(2)
                said of the file with its facts, else null: something mentions it
    mention     user and used, both ids
    folder      what stat(2) said of `.meta` when all of this was true
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple

from ...ir.diagnostics import Diagnostic, ProgramError
from ...ir.names import StoreName
from ..files.stat_cache import YOUNG_NS
from .store import Entry, Store

__all__ = ["Holding", "Index", "index_differs", "open_index"]

VERSION = 1
WAIT_SECONDS = 2.0
SCHEMA = (
    f"PRAGMA user_version = {VERSION}",
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " size INTEGER, built_at TEXT, seen TEXT)",
    "CREATE TABLE mention (user INTEGER, used INTEGER, PRIMARY KEY (user, used)) WITHOUT ROWID",
    "CREATE INDEX mentioned ON mention (used, user)",
    "CREATE TABLE folder (seen TEXT NOT NULL)",
)


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
    entries = _read(store, store.names())
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
    with suppress(sqlite3.DatabaseError):
        copy = sqlite3.connect(":memory:", isolation_level=None)
        with closing(_connect(f"file:{store.inner('db.sqlite')}?mode=ro")) as file:
            file.execute("BEGIN")
            file.execute("SELECT 1 FROM sqlite_schema")  # else `backup` waits for ever for a lock
            file.backup(copy)
        _agree(store, copy)
        return copy
    return _current(store, "file::memory:")


def _connect(where: str) -> sqlite3.Connection:
    return sqlite3.connect(where, uri=True, timeout=WAIT_SECONDS, isolation_level=None)


def _current(store: Store, where: str) -> sqlite3.Connection:
    connection = _connect(where)
    try:
        _agree(store, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _agree(store: Store, connection: sqlite3.Connection) -> None:
    """Make an index agree with the files; none is looked at if their folder did not change."""
    if _is_ours(connection) and _seen(connection) == _seen_folder(store):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _make_tables(connection)
        connection.execute("DELETE FROM folder")
        if stamp := _seen_folder(store, settled=True):
            connection.execute("INSERT INTO folder VALUES (?)", (stamp,))
        _update(store, connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _seen(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT seen FROM folder").fetchone()
    return row and str(row[0])


def _is_ours(connection: sqlite3.Connection) -> bool:
    version = connection.execute("PRAGMA user_version").fetchone()
    return bool(version == (VERSION,))


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make what is missing; raises DatabaseError for tables that are not ours."""
    if _is_ours(connection):
        return
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
        raise sqlite3.DatabaseError("made by another version")
    for statement in SCHEMA:
        connection.execute(statement)


def _seen_folder(store: Store, *, settled: bool = False) -> str:
    """Write down what stat(2) says of the folder with the facts.

    With `settled`, nothing for one that changed just now: its time might be the same
    after the next change.
    """
    try:
        status = store.inner(".meta").stat()
    except FileNotFoundError:
        return "none"
    if settled and time.time_ns() - status.st_mtime_ns < YOUNG_NS:
        return ""
    return f"{status.st_dev} {status.st_ino} {status.st_mtime_ns} {status.st_ctime_ns}"


def _update(store: Store, connection: sqlite3.Connection) -> None:
    """Read the facts that are new or changed, and forget those that are gone."""
    seen = _seen_facts(store)
    known = dict(connection.execute("SELECT name, seen FROM entry WHERE seen NOT NULL"))
    changed = [name for name, stamp in seen.items() if known.get(name) != stamp]
    stale = [(name,) for name in {*changed, *(known.keys() - seen.keys())}]
    connection.executemany(
        "DELETE FROM mention WHERE user = (SELECT id FROM entry WHERE name = ?)", stale
    )
    connection.executemany(
        "UPDATE entry SET size = NULL, built_at = NULL, seen = NULL WHERE name = ?", stale
    )
    _insert(connection, _read(store, changed), seen)
    connection.execute(
        "DELETE FROM entry WHERE seen IS NULL AND id NOT IN (SELECT used FROM mention)"
    )


def _seen_facts(store: Store) -> dict[StoreName, str]:
    """Write down what stat(2) says of each file with facts."""
    found = {}
    for name, file in store.facts():
        status = file.stat(follow_symlinks=False)
        found[name] = f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
    return found


def _read(store: Store, names: Iterable[StoreName]) -> list[Entry]:
    """Read the facts of entries, without those that gc just took; raises all that is damaged."""
    found: list[Entry] = []
    damaged: list[Diagnostic] = []
    for name in names:
        try:
            found.append(store.entry(name))
        except FileNotFoundError:
            continue
        except ProgramError as problem:
            damaged.extend(problem.diagnostics)
    if damaged:
        raise ProgramError(damaged)
    return found


def _insert(
    connection: sqlite3.Connection, entries: Sequence[Entry], seen: Mapping[StoreName, str]
) -> None:
    connection.executemany(
        "INSERT INTO entry (name, size, built_at, seen) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE"
        " SET size = excluded.size, built_at = excluded.built_at, seen = excluded.seen",
        [(one.name, one.size, one.built_at, seen[one.name]) for one in entries],
    )
    pairs = [(one.name, used) for one in entries for used in one.references]
    connection.executemany(
        "INSERT OR IGNORE INTO entry (name) VALUES (?)", [(used,) for _, used in pairs]
    )
    connection.executemany(
        "INSERT OR IGNORE INTO mention SELECT user.id, used.id FROM entry user, entry used"
        " WHERE user.name = ? AND used.name = ?",
        pairs,
    )
