"""From derivations to valid store entries.

In: the derivations of a closure, a store, a sandbox. Out: one `Result` for each
derivation that was wanted or had to be built; failures are values.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ..ir.derivation import Derivation
from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import ModuleName, StoreName
from ..ir.package import LocalSource, NoSource
from ..ir.span import Span
from .builder import Builder, BuildFailed
from .process import Processes
from .request import Limits
from .sandbox import Sandbox
from .scheduler import run_all
from .source import source_digest, source_exists
from .store import Store

__all__ = ["Event", "Result", "Status", "realise", "source_digest", "source_exists"]

Status: TypeAlias = Literal["ok", "cached", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens during builds, for whoever shows progress.

    `waiting` says who holds the lock; `warning` has no module. `finished` follows
    every `started`, and stands alone for what another process built.
    """

    kind: Literal["warning", "waiting", "started", "finished"]
    message: str = ""
    module: ModuleName | None = None
    name: StoreName | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one derivation; `log` is there if its builder ran and failed."""

    module: ModuleName
    name: StoreName
    status: Status
    message: str = ""
    log: Path | None = None
    diagnostic: Diagnostic | None = None


def realise(
    derivations: Sequence[Derivation],
    store: Store,
    sandbox: Sandbox,
    jobs: int,
    fail_fast: bool,
    events: Callable[[Event], None],
    *,
    wanted: Iterable[StoreName] | None = None,
    limits: Limits | None = None,
    keep_failed: bool = False,
) -> list[Result]:
    """Make what is wanted (all of it by default) valid; hold `store.using()` around it.

    What is valid is not touched, and what only that needs is neither. `events` is
    called from several threads. Results are in the order of `derivations`.
    Raises ProgramError: before any build starts E31 for sources that cannot be fetched
    and E29 for a store that cannot be made; E30 as soon as the sandbox cannot run.
    """
    by_name = {order.name: order for order in derivations}
    needs, cached = _missing(by_name, store, by_name if wanted is None else wanted)
    found = {name: _result(by_name[name], "cached") for name in cached}
    if needs:
        _check_sources([by_name[name] for name in needs])
        _create(store)
        cores = max(1, (os.cpu_count() or 1) // jobs)
        processes = Processes()
        builder = Builder(store, sandbox, cores, limits or Limits(), keep_failed, processes)
        if sandbox.warning:
            events(Event("warning", sandbox.warning))
        found |= _build_all(by_name, needs, builder, jobs, fail_fast, events)
    return [found[name] for name in by_name if name in found]


def _missing(
    by_name: Mapping[StoreName, Derivation], store: Store, wanted: Iterable[StoreName]
) -> tuple[dict[StoreName, list[StoreName]], list[StoreName]]:
    """Return what to build with those of its inputs that are built too, and what is valid."""
    valid: dict[StoreName, bool] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in valid:
            valid[name] = store.is_valid(name)
            if not valid[name]:
                waiting.extend(by_name[name].inputs)
    build = [name for name in by_name if not valid.get(name, True)]
    needs = {name: [one for one in by_name[name].inputs if not valid[one]] for name in build}
    return needs, [name for name in by_name if valid.get(name)]


def _create(store: Store) -> None:
    try:
        store.create()
    except OSError as problem:
        raise ProgramError([_disk_error(problem)]) from None


def _disk_error(problem: OSError, span: Span | None = None) -> Diagnostic:
    return Diagnostic(Code.E29, f"'{problem.filename}': {problem.strerror}", span)


def _check_sources(derivations: Iterable[Derivation]) -> None:
    refused = [found for order in derivations if (found := _refusal(order))]
    if refused:
        raise ProgramError(refused)


def _refusal(order: Derivation) -> Diagnostic | None:
    source = order.source
    if isinstance(source, NoSource):
        return None
    if isinstance(source, LocalSource):
        what = "patches" if source.patches else None
    else:
        what = f"sources of type '{getattr(source, 'type', 'fixed_output')}'"
    if what is None:
        return None
    return Diagnostic(Code.E31, f"{what} cannot be fetched by this version", source.span)


def _build_all(
    by_name: Mapping[StoreName, Derivation],
    needs: Mapping[StoreName, Sequence[StoreName]],
    builder: Builder,
    jobs: int,
    fail_fast: bool,
    events: Callable[[Event], None],
) -> dict[StoreName, Result]:
    found: dict[StoreName, Result] = {}

    def work(name: StoreName) -> bool:
        found[name] = _build(by_name[name], builder, events)
        return found[name].status != "failed"

    outcomes = run_all(needs, work, jobs=jobs, fail_fast=fail_fast, abort=builder.processes.end)
    for name, outcome in outcomes.items():
        if outcome == "skipped":
            bad = [by_name[one].module for one in needs[name] if outcomes[one] != "done"]
            message = f"needs '{bad[0]}', which was not built" if bad else "not started"
            found[name] = _result(by_name[name], "skipped", message)
    return found


def _build(order: Derivation, builder: Builder, events: Callable[[Event], None]) -> Result:
    def tell(kind: Literal["waiting", "started", "finished"], message: str = "") -> None:
        events(Event(kind, message, order.module, order.name))

    tell("started")
    try:
        built = builder.build(order, lambda holder: tell("waiting", holder))
        result = _result(order, "ok" if built else "cached")
    except BuildFailed as failure:
        diagnostic = Diagnostic(Code.E31, failure.message, order.span)
        result = Result(
            order.module, order.name, "failed", failure.message, failure.log, diagnostic
        )
    except OSError as problem:
        diagnostic = _disk_error(problem, order.span)
        message = f"build failed ({diagnostic.message})"
        result = Result(order.module, order.name, "failed", message, None, diagnostic)
    tell("finished", result.message)
    return result


def _result(order: Derivation, status: Status, message: str = "") -> Result:
    return Result(order.module, order.name, status, message)
