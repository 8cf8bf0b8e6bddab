"""The tables of the index, and how they come to agree with the facts of a store.

In: a store and an open database. Out: the same with these tables, up to date:

    entry       id, name; for a valid entry also its size, built_at and what stat(2)
                said of the file with its facts, else null: something mentions it
    mention     user and used, both ids
    folder      what stat(2) said of `.meta` when all of this was true
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence

from ...ir.diagnostics import Diagnostic, ProgramError
from ...ir.names import StoreName
from ..files.stat_cache import YOUNG_NS
from .store import Entry, Store

__all__ = ["agree", "read_facts"]

VERSION = 1
SCHEMA = (
    f"PRAGMA user_version = {VERSION}",
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " size INTEGER, built_at TEXT, seen TEXT)",
    "CREATE TABLE mention (user INTEGER, used INTEGER, PRIMARY KEY (user, used)) WITHOUT ROWID",
    "CREATE INDEX mentioned ON mention (used, user)",
    "CREATE TABLE folder (seen TEXT NOT NULL)",
)


def agree(store: Store, connection: sqlite3.Connection) -> None:
    """Make an index agree with the files; none is looked at if their folder did not change.

    Raises sqlite3.Error, ProgramError for facts that are damaged; then the index is as it was.
    """
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
    _insert(connection, read_facts(store, changed), seen)
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


def read_facts(store: Store, names: Iterable[StoreName]) -> list[Entry]:
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
