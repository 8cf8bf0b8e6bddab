"""Removing the entries that nothing needs.

In: a store, what keeps entries, and a policy. Out: a `GcReport`: what goes, how big it
is, and why what stays stays. One traversal marks what stays, whatever the number of
roots; `sweep` removes the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...ir.diagnostics import Diagnostic, ProgramError
from ...ir.names import StoreName
from ..files.lock import LockHeld, hold, holders
from ..files.size import tree_size
from .build_records import forget_records
from .deployments_roots import drop_root
from .gc_roots import GcRoots, find_gc_roots
from .index import open_index
from .mark import Root, mark
from .retention import Policy, old_records, too_many, young_roots
from .store import Store
from .sweep import Unfinished, garbage, in_order, sweep

__all__ = ["Dead", "GcReport", "Kept", "collect", "references", "survey"]


@dataclass(frozen=True, slots=True, order=True)
class Dead:
    """An entry that goes, or (not `valid`) what a build of it left; its files' size in bytes."""

    name: StoreName
    size: int
    valid: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that stays: for a root, for an entry that mentions it, or (None) for room."""

    name: StoreName
    because: Root | StoreName | None


@dataclass(frozen=True, slots=True)
class GcReport:
    """Everything sorted by name.

    `missing` is pinned but not there, `dropped_roots` are deployments roots that are gone,
    `unseen` is the number of processes that this user may not look at, `records`
    are the builds whose logs go.
    """

    dead: tuple[Dead, ...]
    kept: tuple[Kept, ...]
    missing: tuple[StoreName, ...]
    dropped_roots: tuple[Path, ...]
    unseen: int
    records: tuple[StoreName, ...]

    @property
    def size(self) -> int:
        """Bytes that go."""
        return sum(dead.size for dead in self.dead)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do: entries `in_order`, what builds left, registrations, and what to tell."""

    dead: Sequence[StoreName]
    unfinished: Unfinished
    gc_roots: GcRoots
    report: GcReport


def survey(
    store: Store,
    extra_roots: Iterable[Path] = (),
    policy: Policy | None = None,
    *,
    wait: float | None = None,
    waiting: Callable[[str], None] | None = None,
) -> GcReport:
    """Say what `collect` would do now; takes and raises what it does, and changes nothing."""
    if not store.inner(".meta").is_dir():
        return GcReport((), (), (), (), 0, ())
    with _locked(store, True, wait, waiting):
        return _plan(store, extra_roots, policy or Policy()).report


def collect(
    store: Store,
    extra_roots: Iterable[Path] = (),
    policy: Policy | None = None,
    *,
    wait: float | None = None,
    waiting: Callable[[str], None] | None = None,
) -> GcReport:
    """Remove every entry that no root needs and no policy spares.

    `extra_roots` are deployments roots besides the registered ones; they may not
    exist. Waits for whoever uses the store; `waiting` is told who. Raises
    LockHeld after `wait` seconds, ProgramError where a root or manifest cannot be
    read; then nothing was removed.
    """
    if not store.inner(".meta").is_dir():
        return GcReport((), (), (), (), 0, ())
    with _locked(store, False, wait, waiting):
        plan = _plan(store, extra_roots, policy or Policy())
        sweep(store, plan.dead, plan.unfinished)
        for root in plan.gc_roots.gone:
            drop_root(store, root)
        forget_records(store, plan.report.records)
        return plan.report


@contextmanager
def _locked(
    store: Store, shared: bool, wait: float | None, waiting: Callable[[str], None] | None
) -> Iterator[None]:
    lock = store.inner("gc.lock")
    tell = (lambda _: waiting(holders(lock))) if waiting else None
    with ExitStack() as held:
        try:
            held.enter_context(hold(lock, shared=shared, wait=wait, waiting=tell))
        except LockHeld:  # who shares a lock does not sign it
            raise LockHeld(lock, holders(lock)) from None
        yield


def references(store: Store) -> dict[StoreName, tuple[StoreName, ...]]:
    """Return what each valid entry mentions; reads the facts of each once.

    Raises ProgramError (E25) with all that are damaged.
    """
    found = {}
    problems: list[Diagnostic] = []
    for name in store.names():
        try:
            found[name] = store.references(name)
        except FileNotFoundError:  # a build that shares the lock just now found it damaged
            continue
        except ProgramError as problem:
            problems.extend(problem.diagnostics)
    if problems:
        raise ProgramError(problems)
    return found


def _plan(store: Store, extra_roots: Iterable[Path], policy: Policy) -> _Plan:
    mentioned = references(store)
    with open_index(store) as index:
        known = {one.name: one for one in index.holdings()}
    gc_roots = find_gc_roots(store, extra_roots)
    reasons = mark(mentioned, [*gc_roots.roots, *young_roots(known.values(), policy)])
    needless = [one for name, one in known.items() if name in mentioned and name not in reasons]
    size = sum(one.size for one in known.values())
    dead = too_many(in_order(needless, mentioned), size, policy)
    names = [one.name for one in dead]
    unfinished = garbage(store, {*mentioned, *reasons})
    report = GcReport(
        tuple(
            sorted([*(Dead(one.name, one.size, True) for one in dead), *_left(store, unfinished)])
        ),
        tuple(Kept(name, reasons.get(name)) for name in sorted(mentioned.keys() - set(names))),
        tuple(sorted(reasons.keys() - mentioned.keys())),
        tuple(Path(root.path) for root in gc_roots.gone),
        gc_roots.unseen,
        old_records(store, mentioned.keys() - set(names), policy.now),
    )
    return _Plan(names, unfinished, gc_roots, report)


def _left(store: Store, unfinished: Unfinished) -> list[Dead]:
    """Return what goes of each build that did not end."""
    sizes = dict.fromkeys({*unfinished.trees, *unfinished.builds}, 0)
    for name in unfinished.trees:
        sizes[name] += tree_size(store.path(name))
    for name in unfinished.builds:
        sizes[name] += tree_size(store.inner(".tmp", name))
    return [Dead(name, size, False) for name, size in sizes.items()]
