"""The store: entries that are whole or do not count.

In: a root folder. Out: which entries are valid, what each refers to, and the
locks under which they are made.

    <root>/<name>               the output of one build, read-only
    <root>/.meta/<name>.json    its `Entry`, sealed; written last: an entry without it is garbage
    <root>/.locks/<name>        held while the entry is made; never removed
    <root>/.logs/<name>.log     what its last build printed; beside it what that was built from
    <root>/.tmp/<name>/         a build under way
    <root>/.trash/              what is being removed
    <root>/.roots/<digest>      a deployments root whose manifests gc honours
    <root>/.pins/<name>         the name of an entry that a person keeps
    <root>/db.sqlite            an index over the facts; may be lost (`index.py`)
    <root>/gc.lock              shared by whoever uses entries, exclusive for gc
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import ClassVar, Self

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import (
    BadName,
    CheckedStr,
    Digest,
    PackageName,
    RootPath,
    StoreName,
    SystemName,
    Version,
)
from ...ir.node import Document, Frozen, frozen, node
from ..files.fs import make_folder, move_tree, new_file, sync_folder, syncfs
from ..files.lock import hold
from ..files.remove import remove_tree
from ..files.sealed import Damaged, seal, unseal, unseal_fields

__all__ = ["FOLDERS", "BuildTime", "Entry", "Store"]

FOLDERS = {
    ".meta": 0o755,
    ".locks": 0o700,  # builds have these files open, and could make programs of them
    ".logs": 0o755,
    ".roots": 0o755,
    ".pins": 0o755,
    ".tmp": 0o700,
    ".trash": 0o700,
}


FACTS = ".json"


class BuildTime(CheckedStr):
    """When something was built, in UTC: `2026-11-23T00:00:00Z` (RFC 3339)."""

    __slots__ = ()
    PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
    RULE = "a time such as 2026-11-23T00:00:00Z"
    FORMAT = "%Y-%m-%dT%H:%M:%SZ"

    def __new__(cls, text: str) -> Self:
        from datetime import datetime  # only who reads facts needs it

        made = super().__new__(cls, text)
        try:
            datetime.fromisoformat(made)
        except ValueError:
            raise BadName(f"{made!r} is no time") from None
        return made


@node("store-entry")
class Entry(Document):
    """What is known of a valid entry.

    `output` is the identity of its tree, `size` what its files hold, in bytes,
    `references` the entries that the tree mentions, sorted; `deriver` is the digest of
    the derivation that was built. `commits` are what its sources meant by a tag or branch
    of git.
    """

    IR: ClassVar[str] = "store-entry"
    VERSION: ClassVar[int] = 2

    name: StoreName
    pname: PackageName
    version: Version
    system: SystemName
    output: Digest
    size: int
    references: tuple[StoreName, ...]
    deriver: Digest
    built_at: BuildTime
    commits: tuple[str, ...] = ()


@frozen
class Store(Frozen):
    """A store by its root. Making the value touches nothing; `create` makes the folders."""

    root: RootPath

    def create(self) -> None:
        """Make the store's folders where they are missing; their modes do not depend on umask."""
        make_folder(Path(self.root), 0o755)
        for name, mode in FOLDERS.items():
            make_folder(self.inner(name), mode)

    # Places

    def inner(self, *parts: str) -> Path:
        """Return a path below the root."""
        return Path(self.root, *parts)

    def path(self, name: StoreName) -> Path:
        """Return where an entry lies."""
        return Path(self.root, name)

    def meta_path(self, name: StoreName) -> Path:
        """Return where the facts of an entry lie."""
        return Path(self.root, ".meta", f"{name}{FACTS}")

    def log_path(self, name: StoreName) -> Path:
        """Return where the log of an entry's last build lies."""
        return Path(self.root, ".logs", f"{name}.log")

    # Facts

    def is_valid(self, name: StoreName) -> bool:
        """Whether an entry is whole; one whose tree somebody removed or replaced is not."""
        return self.has_tree(name) and self.meta_path(name).exists()

    def has_tree(self, name: StoreName) -> bool:
        """Whether there is a folder where an entry lies, and no link or file."""
        try:
            return stat.S_ISDIR(os.lstat(self.path(name)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def entry(self, name: StoreName) -> Entry:
        """Read the facts of a valid entry.

        Raises FileNotFoundError if it is not valid, ProgramError (E25) if they are damaged.
        """
        path = self.meta_path(name)
        try:
            entry = unseal(Entry, path.read_bytes())
        except Damaged as problem:
            raise ProgramError([_damaged(path, problem)]) from None
        if entry.name != name:
            raise ProgramError([_damaged(path, f"it is about '{entry.name}'")])
        return entry

    def names(self) -> tuple[StoreName, ...]:
        """Return all valid entries, sorted; none if there is no store."""
        return tuple(sorted(name for name, _ in self.facts()))

    def facts(self) -> Iterator[tuple[StoreName, os.DirEntry[str]]]:
        """Yield each valid entry and the file with its facts, in no order."""
        try:
            scan = os.scandir(self.inner(".meta"))
        except FileNotFoundError:
            return
        with scan:
            for file in scan:
                if file.name.endswith(FACTS):
                    with suppress(BadName):
                        yield StoreName(file.name.removesuffix(FACTS)), file

    def references(self, name: StoreName) -> tuple[StoreName, ...]:
        """Return the entries that an entry mentions; raises as `entry` does.

        Reads nothing else of the facts: closures are long, and this is their whole cost.
        """
        descriptor = os.open(f"{self.root}/.meta/{name}.json", os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.read(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
        with suppress(ValueError, TypeError, RecursionError):
            about, mentioned = unseal_fields(data, "name", "references")
            if about == name:
                return tuple(map(StoreName, mentioned))
        return self.entry(name).references  # says what is wrong

    def closure(self, roots: Iterable[StoreName]) -> tuple[StoreName, ...]:
        """Return the run-time closure of entries, sorted: themselves and all that they mention.

        Raises as `entry` does.
        """
        seen = set(roots)
        waiting = list(seen)
        while waiting:
            for name in self.references(waiting.pop()):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return tuple(sorted(seen))

    # Changes

    def register(self, entry: Entry) -> None:
        """Make an entry valid, whose tree is in its place.

        One sync makes its tree durable and its facts as well, before they get their name.
        """
        with new_file(self.meta_path(entry.name), sync=syncfs) as file:
            file.write(seal(entry))

    def quarantine(self, name: StoreName) -> None:
        """Remove an entry, valid or not, and what a build of it left; hold its lock."""
        self.distrust(name)
        self._discard(name)
        self.clear(name)

    def distrust(self, name: StoreName) -> None:
        """Make an entry invalid and leave its tree where it is; hold its lock."""
        if self.meta_path(name).exists():
            self.meta_path(name).unlink()
            sync_folder(self.inner(".meta"))

    def clear(self, name: StoreName) -> None:
        """Remove what a build of an entry left besides its output; hold its lock."""
        remove_tree(self.inner(".tmp", name))

    def _discard(self, name: StoreName) -> None:
        """Remove a tree; it is gone in one step, so that nobody finds half of it."""
        tree, trash = self.path(name), self.inner(".trash", name)
        remove_tree(trash)
        if os.path.lexists(tree):
            move_tree(tree, trash)
            remove_tree(trash)

    # Locks

    def making(
        self,
        name: StoreName,
        waiting: Callable[[str], None] | None = None,
        given_up: Callable[[], bool] | None = None,
    ) -> AbstractContextManager[int]:
        """Lock one entry while it is made; yields the descriptor for the builder to inherit.

        Raises LockHeld once `given_up`.
        """
        return hold(self.inner(".locks", name), waiting=waiting, given_up=given_up)

    def using(
        self, wait: float | None = None, waiting: Callable[[str], None] | None = None
    ) -> AbstractContextManager[int]:
        """Keep gc away, from the first check of validity until what is used has a root.

        Raises LockHeld after `wait` seconds (None: never).
        """
        return hold(self.inner("gc.lock"), shared=True, wait=wait, waiting=waiting)


def _damaged(path: Path, problem: object) -> Diagnostic:
    return Diagnostic(
        Code.E25,
        f"'{path}' is damaged: {problem}",
        hint="`punix store repair` makes it invalid, and then it is built again",
    )
