"""Building what a store lacks, several derivations at once.

In: derivations and the order that they need. Out: one `Result` for each;
failures are values.
"""

import resource
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...ir.derivation import Derivation
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import StoreName
from ...ir.source_faults import source_faults
from ...ir.span import Span
from ..fetch.failure import FetchFailed
from ..store.store import Store
from .builder import Builder
from .guard import guarding
from .policy import BuildPolicy
from .process import Processes
from .result import BuildFailed, Event, Result, Teller
from .scheduler import run_all

__all__ = ["build_all"]

OF_PYTHON = {signal.SIGPIPE, signal.SIGXFSZ}
"""It ignores these itself, and not for those that it starts."""


def build_all(
    by_name: Mapping[StoreName, Derivation],
    needs: Mapping[StoreName, Sequence[StoreName]],
    store: Store,
    policy: BuildPolicy,
    events: Callable[[Event], None],
    kind: type[Builder] = Builder,
) -> dict[StoreName, Result]:
    """Build every name of `needs` after those that it maps to, with builders of a kind.

    Raises as `realise` does.
    """
    _check_sources([by_name[name] for name in needs])
    _create(store)
    _forget_caller()
    _hear_one_interrupt()
    if policy.sandbox.warning:
        events(Event("warning", policy.sandbox.warning))
    with guarding() as mark:
        return _build_each(by_name, needs, kind(store, policy, Processes(mark)), events)


def _build_each(
    by_name: Mapping[StoreName, Derivation],
    needs: Mapping[StoreName, Sequence[StoreName]],
    builder: Builder,
    events: Callable[[Event], None],
) -> dict[StoreName, Result]:
    policy, end = builder.policy, builder.processes.end
    tellers = {name: Teller(events, by_name[name].module, name) for name in needs}
    for name, tell in tellers.items():
        tell.planned(needs[name])
    found: dict[StoreName, Result] = {}

    def work(name: StoreName) -> bool:
        found[name] = _build(by_name[name], builder, tellers[name])
        return found[name].status != "failed"

    def blocked(name: StoreName, failed: StoreName) -> None:
        message = f"not built: it needs '{by_name[failed].module}', which failed"
        found[name] = Result(by_name[name].module, name, "skipped", message)
        tellers[name].finished("skipped", message)

    run_all(needs, work, jobs=policy.jobs, fail_fast=policy.fail_fast, abort=end, blocked=blocked)
    return {name: found.get(name) or _not_started(by_name[name]) for name in needs}


def _not_started(order: Derivation) -> Result:
    message = "not started: another build failed before"
    return Result(order.module, order.name, "skipped", message)


def _build(order: Derivation, builder: Builder, tell: Teller) -> Result:
    tell.started()
    began = time.monotonic()
    result = _outcome(order, builder, tell)
    if not builder.processes.ended:
        tell.finished(result.status, result.message)
    return replace(result, seconds=time.monotonic() - began)


def _outcome(order: Derivation, builder: Builder, tell: Teller) -> Result:
    try:
        status = builder.build(order, tell)
    except BuildFailed as failure:
        diagnostic = Diagnostic(Code.E31, failure.message, order.span)
        return _failed(order, builder, failure.message, failure.log, diagnostic)
    except FetchFailed as failure:
        return _failed(order, builder, str(failure), None, failure.diagnostic)
    except OSError as problem:
        diagnostic = _disk_error(problem, builder.store, order.span)
        message = f"build failed ({diagnostic.message})"
        return _failed(order, builder, message, None, diagnostic)
    if status == "cached":
        return Result(order.module, order.name, status)
    return Result(order.module, order.name, status, log=builder.store.log_path(order.name))


def _failed(
    order: Derivation, builder: Builder, message: str, log: Path | None, diagnostic: Diagnostic
) -> Result:
    kept = builder.kept(order.name)
    if kept is not None:
        message += f"  (kept: {kept})"
    return Result(
        order.module, order.name, "failed", message, log=log, kept=kept, diagnostic=diagnostic
    )


def _forget_caller() -> None:
    """Undo what every process of a build would inherit of the shell that began it.

    A core dump would be a part of the output, or not. A signal that is ignored or blocked
    cannot be trapped, and who ignores that children end is not told so: bwrap would wait for
    ever.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if threading.current_thread() is not threading.main_thread():  # nobody else may
        return
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in signal.valid_signals() - OF_PYTHON:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)  # which execve(2) forgets


def _hear_one_interrupt() -> None:
    """Let a second Ctrl-C not disturb what ends the builds: we would wait for one that goes on."""
    is_main = threading.current_thread() is threading.main_thread()  # nobody else may
    if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(*_: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _create(store: Store) -> None:
    try:
        store.create()
    except OSError as problem:
        raise ProgramError([_disk_error(problem, store)]) from None


def _disk_error(problem: OSError, store: Store, span: Span | None = None) -> Diagnostic:
    where = problem.filename or store.root  # write(2) does not say which file has no room
    return Diagnostic(Code.E29, f"'{where}': {problem.strerror or problem}", span)


def _check_sources(derivations: Iterable[Derivation]) -> None:
    sources = (source for order in derivations for source in (order.source, order.vendor))
    faults = [fault for source in sources for fault in source_faults(source)]
    if faults:
        raise ProgramError(faults)
