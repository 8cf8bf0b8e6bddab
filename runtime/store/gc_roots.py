"""The roots of gc: everything that keeps entries, whatever its kind.

In: a store, and deployments roots besides those that it knows. Out: the roots to mark
from. Nothing is left out silently: what cannot be read is an error, and processes that
may not be looked at are counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...ir.diagnostics import Diagnostic, ProgramError
from .deployments_roots import Registration, is_there, registrations
from .generation_roots import generation_roots
from .mark import Root
from .pins import pin_roots
from .process_roots import process_roots
from .store import Store

__all__ = ["GcRoots", "find_gc_roots"]


@dataclass(frozen=True, slots=True)
class GcRoots:
    """What keeps entries: generations first, then pins, then processes.

    `gone` are deployments roots that are there no longer, `unseen` is the number of
    processes that this user may not look at.
    """

    roots: tuple[Root, ...]
    gone: tuple[Registration, ...]
    unseen: int


def find_gc_roots(store: Store, extra_roots: Iterable[Path] = ()) -> GcRoots:
    """Find all roots of a store; `extra_roots` are deployments roots that may not exist.

    Raises ProgramError with every root, manifest, journal and pin that cannot be read.
    """
    known = registrations(store)
    problems: list[Diagnostic] = []
    gone: list[Registration] = []
    found: list[Root] = []
    for registration in known:
        try:
            if is_there(registration):
                found += generation_roots(store, Path(registration.path))
            else:
                gone.append(registration)
        except ProgramError as problem:
            problems += problem.diagnostics
    paths = {registration.path for registration in known}
    for path in extra_roots:
        if str(path) not in paths:
            found += generation_roots(store, path)
    if problems:
        raise ProgramError(problems)
    running, unseen = process_roots(store)
    return GcRoots((*found, *pin_roots(store), *running), tuple(gone), unseen)
