"""Derivations without a program, and a store to build them in."""

import itertools
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from punix.ir.derivation import Derivation, store_name
from punix.ir.names import Digest, ModuleName, PackageName, RootPath, StoreName, SystemName, Version
from punix.ir.package import LocalSource, NoSource, PackageSource
from punix.ir.span import Span
from punix.ir.text import StorePath, Text, Variable
from punix.runtime.building.policy import BuildPolicy
from punix.runtime.building.realise import realise
from punix.runtime.building.result import Event, Result
from punix.runtime.building.sandbox import Sandbox
from punix.runtime.files.tree import hash_tree
from punix.runtime.store.canonicalise import make_canonical, make_read_only
from punix.runtime.store.store import BuildTime, Entry, Store

SPAN = Span("a.pcl", 0, 1)
NOTHING = Digest("0" * 64)
LONG_AGO = itertools.count(10**18)
"""Moments that all differ, as two of a clock that ticks every few milliseconds may not."""


def derive(
    module: str,
    *script: str | Derivation,
    source: PackageSource | None = None,
    env: dict[str, str] | None = None,
    inputs: Sequence[Derivation] = (),
    vendor: PackageSource | None = None,
) -> Derivation:
    """Make a derivation; those that its script mentions are inputs too."""
    text: Text = tuple(StorePath(p.name) if isinstance(p, Derivation) else p for p in script)
    mentioned = [part for part in script if isinstance(part, Derivation)]
    names = tuple(sorted({each.name for each in (*inputs, *mentioned)}))
    variables = tuple(Variable(name, (value,), SPAN) for name, value in (env or {}).items())
    fields = (text, variables, source or NoSource(), vendor or NoSource(), names, False)
    pname, version = PackageName(module.lower()), Version("1.0")
    made = store_name(pname, version, "x86_64-linux", "std.shell", 1, *fields, False)
    return Derivation(
        made, ModuleName(module), pname, version, "x86_64-linux", "std.shell", 1, *fields, SPAN
    )


def local(folder: Path, exclude: tuple[str, ...] = ()) -> LocalSource:
    """Make a local source of a folder as it is now."""
    return LocalSource(hash_tree(folder, exclude), str(folder), exclude, SPAN)


def fake_name(number: int) -> StoreName:
    """Return the store name of an entry that nothing made."""
    digits = "".join("abcdefghij"[int(digit)] for digit in str(number))
    return StoreName(f"{digits:a>32}-fake-{number}")


BUILT_AT = "2026-11-23T00:00:00Z"


def fake_facts(
    number: int,
    references: Sequence[int] = (),
    built_at: str = BUILT_AT,
    output: Digest = NOTHING,
) -> Entry:
    """Return the facts of an entry that nothing made."""
    return Entry(
        fake_name(number),
        PackageName("fake"),
        Version(str(number)),
        SystemName("x86_64-linux"),
        output,
        5,
        tuple(sorted(map(fake_name, references))),
        NOTHING,
        BuildTime(built_at),
    )


def fake_entry(
    store: Store, number: int, references: Sequence[int] = (), built_at: str = BUILT_AT
) -> StoreName:
    """Put a valid entry with one file of five bytes into a store."""
    store.create()
    name = fake_name(number)
    tree = store.path(name)
    tree.mkdir()
    (tree / "file").write_text("12345")
    make_canonical(tree)
    make_read_only(tree)
    store.register(fake_facts(number, references, built_at, hash_tree(tree)))
    return name


def whole_entry(
    store: Store, number: int, fill: Callable[[Path], object], references: Sequence[int] = ()
) -> Entry:
    """Put an entry into a store whose facts are true: `fill` makes its tree."""
    store.create()
    tree = store.path(fake_name(number))
    tree.mkdir()
    fill(tree)
    size = make_canonical(tree)
    make_read_only(tree)
    entry = replace(fake_facts(number, references), output=hash_tree(tree), size=size)
    store.register(entry)
    return entry


def alive(output: Path) -> list[str]:
    """Return the processes of the build that makes an output: its path is in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            if f"OUTPUT={output}\0".encode() in (process / "environ").read_bytes():
                found.append(process.name)
    return found


def settle(store: Store) -> None:
    """Let the last change of the folder be long ago, so that its time is trusted."""
    moment = next(LONG_AGO)
    os.utime(store.inner(".meta"), ns=(moment, moment))


@dataclass
class Workshop:
    """A store, a sandbox, and what happened."""

    store: Store
    sandbox: Sandbox
    events: list[Event] = field(default_factory=list)

    @classmethod
    def at(cls, folder: Path, sandbox: Sandbox) -> "Workshop":
        return cls(Store(RootPath(str(folder / "store"))), sandbox)

    @property
    def cache(self) -> Path:
        """The folder that keeps what is fetched."""
        return Path(self.store.root).parent / "cache"

    def policy(self, **options: Any) -> BuildPolicy:
        """How it is built here, but for some options."""
        return replace(BuildPolicy(self.sandbox, self.cache, jobs=2), **options)

    def build(
        self, *orders: Derivation, wanted: Iterable[StoreName] | None = None, **options: Any
    ) -> list[Result]:
        """Build what is wanted, by default all of it; the options are those of the policy."""
        names = [order.name for order in orders] if wanted is None else wanted
        return realise(orders, names, self.store, self.policy(**options), self.events.append)

    def output(self, order: Derivation) -> Path:
        return self.store.path(order.name)

    def ok(self, *orders: Derivation) -> None:
        """Build, and insist that all went well."""
        results = self.build(*orders)
        assert {result.status for result in results} <= {"ok", "cached"}, results

    def left(self) -> list[str]:
        """Return what lies in the store besides its own folders and its index."""
        inner = [f".tmp/{path.name}" for path in self.store.inner(".tmp").iterdir()]
        trash = [f".trash/{path.name}" for path in self.store.inner(".trash").iterdir()]
        top = [path.name for path in Path(self.store.root).iterdir() if path.name[0] != "."]
        return sorted({*inner, *trash, *top} - {"db.sqlite"})
