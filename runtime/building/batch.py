"""Building what a store lacks, several derivations at once.

In: derivations and the order that they need. Out: one `Result` for each;
failures are values.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from ...ir.derivation import Derivation
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import StoreName
from ...ir.package import LocalSource, NoSource, PackageSource
from ...ir.span import Span
from ..store.store import Store
from .builder import Builder
from .failure import BuildFailed
from .process import Processes
from .request import Limits
from .result import Event, Result, Status, Teller
from .sandbox import Sandbox
from .scheduler import run_all

__all__ = ["build_all"]


def build_all(
    by_name: Mapping[StoreName, Derivation],
    needs: Mapping[StoreName, Sequence[StoreName]],
    store: Store,
    sandbox: Sandbox,
    jobs: int,
    fail_fast: bool,
    events: Callable[[Event], None],
    limits: Limits,
    keep_failed: bool,
) -> dict[StoreName, Result]:
    """Build every name of `needs` after those that it maps to; see `realise` for the rest."""
    _check_sources([by_name[name] for name in needs])
    _create(store)
    cores = max(1, (os.cpu_count() or 1) // jobs)
    builder = Builder(store, sandbox, cores, limits, keep_failed, Processes())
    if sandbox.warning:
        events(Event("warning", sandbox.warning))
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
    tell = Teller(events, order.module, order.name)
    tell.started()
    try:
        built = builder.build(order, tell)
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
    tell.finished(result.message)
    return result


def _create(store: Store) -> None:
    try:
        store.create()
    except OSError as problem:
        raise ProgramError([_disk_error(problem)]) from None


def _disk_error(problem: OSError, span: Span | None = None) -> Diagnostic:
    where = f"'{problem.filename}': " if problem.filename else ""
    return Diagnostic(Code.E29, f"{where}{problem.strerror}", span)


def _check_sources(derivations: Iterable[Derivation]) -> None:
    sources = (source for order in derivations for source in (order.source, order.vendor))
    refused = [found for source in sources if (found := _refusal(source))]
    if refused:
        raise ProgramError(refused)


def _refusal(source: PackageSource) -> Diagnostic | None:
    if isinstance(source, NoSource):
        return None
    if isinstance(source, LocalSource):
        what = "patches" if source.patches else None
    else:
        what = f"sources of type '{getattr(source, 'type', 'fixed_output')}'"
    if what is None:
        return None
    return Diagnostic(Code.E31, f"{what} cannot be fetched by this version", source.span)


def _result(order: Derivation, status: Status, message: str = "") -> Result:
    return Result(order.module, order.name, status, message)
