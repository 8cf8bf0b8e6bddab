"""Building what a command needs, and telling a person how it goes.

In: options, derivations. Out: results; progress on stderr.
"""

import os
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path

import click

from ...ir.closure import Closure
from ...ir.derivation import Derivation, DerivationGraph
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import ModuleName, RootPath, StoreName
from ...ir.node import Frozen, frozen
from ...runtime.building.policy import BuildPolicy
from ...runtime.building.realise import realise
from ...runtime.building.request import Limits
from ...runtime.building.result import Event, Result
from ...runtime.building.sandbox import sandbox_named
from ...runtime.store.deployments_roots import is_deployments_root
from ...runtime.store.store import Store
from .. import options
from ..compiling.program import cache_folder
from ..compiling.settings import this_system
from ..console import report, row
from ..local_disk import require_local, unsafe_network_fs
from ..numbers import WholeNumber
from ..progress.choose import progress
from ..progress.plain import Show, unheard
from .limits import with_limits
from .pinned import refuse_unpinned, unpinned

__all__ = ["Build", "check_all", "failure_line", "realise_all", "with_build"]


@frozen
class Build(Frozen):
    """How to build: the options that `build` and `deploy` share."""

    store_root: RootPath
    jobs: int
    sandbox: str
    fail_fast: bool
    keep_failed: bool
    locked: bool
    limits: Limits
    unsafe_network_fs: bool

    @property
    def store(self) -> Store:
        """The store to build into."""
        return Store(self.store_root)

    @property
    def policy(self) -> BuildPolicy:
        """What the runtime has to know."""
        sandbox = sandbox_named(self.sandbox)
        return BuildPolicy(
            sandbox, cache_folder(), self.jobs, self.fail_fast, self.keep_failed, self.limits
        )

    def prepared(self, *others: Path) -> Store:
        """Return the store, its folders made; deployments go to `others`, and not into it.

        Raises ProgramError (E29) if they do, or if one is not on a local disk.
        """
        if not self.unsafe_network_fs:
            require_local(Path(self.store_root), *others)
        _refuse_swapped(self.store_root, others)
        self.store.create()
        return self.store


def _refuse_swapped(store_root: RootPath, others: Iterable[Path]) -> None:
    """Raise ProgramError (E29) where packages would go among deployments, or these among those."""
    hint = "--store-root and --deployments-root are two folders: are they swapped?"
    problems = [
        f"'{root}' is a store of packages"
        for root in others
        if root == Path(store_root) or (root / ".roots").is_dir()
    ]
    if is_deployments_root(Path(store_root)):
        problems.append(f"'{store_root}' is a deployments root")
    if problems:
        raise ProgramError([Diagnostic(Code.E29, text, hint=hint) for text in problems])


with_build = options.gathered(
    "building",
    Build,
    click.option(
        "--fail-fast/--keep-going",
        is_flag=True,
        help="Start nothing more after a failure (default: go on).",
    ),
    click.option("--keep-failed", is_flag=True, help="Keep the folders of failed builds."),
    click.option(
        "--locked",
        is_flag=True,
        envvar="PUNIX_LOCKED",
        help="Refuse sources that may be others tomorrow: tags and branches of git.",
    ),
    unsafe_network_fs,
    options.store_root,
    click.option(
        "--jobs",
        type=WholeNumber(1),
        metavar="N",
        envvar="PUNIX_JOBS",
        default=lambda: os.cpu_count() or 1,
        help="How many packages to build at once (default: number of processors).",
    ),
    click.option(
        "--sandbox",
        type=click.Choice(["bubblewrap", "off"]),
        envvar="PUNIX_SANDBOX",
        default="bubblewrap",
        show_default=True,
        help="What keeps builds from the rest of the machine.",
    ),
    with_limits,
)
"""The options of `build` and `deploy` on how to build: the command gets one `Build`."""


def realise_all(
    graph: DerivationGraph | Closure,
    wanted: Iterable[StoreName],
    build: Build,
    live_wanted: bool = True,
    heard: Show = unheard,
) -> list[Result]:
    """Build what is wanted; the caller holds `store.using()` around it.

    Shows a live tree if that is wanted and stderr can show one, else plain lines; and what
    could not be had of the sources, or may be another tomorrow, each with its place. `heard`
    is told every event.
    Raises ProgramError: E31 for builds of another system and for what `--locked` refuses, and as
    `realise` does.
    """
    wanted = set(wanted)
    _check_system(graph.derivations, wanted, build.store)
    if build.locked:
        refuse_unpinned(graph, wanted)
    results = _run(realise, graph, wanted, build, live_wanted, heard)
    warnings = unpinned(graph, wanted, build.store)
    report(sorted(warnings, key=Diagnostic.order), graph.sources)
    return results


def check_all(
    graph: DerivationGraph | Closure,
    wanted: Iterable[StoreName],
    build: Build,
    live_wanted: bool = True,
) -> list[Result]:
    """Build what is wanted as `realise_all` does, and what came to be again; compare."""
    # threads and processes: only who builds pays
    from ...runtime.building.reproducibility import rebuild

    inputs = {order.name: order.inputs for order in graph.derivations}
    wanted = set(wanted)
    needed = wanted.union(*(inputs[name] for name in wanted))
    first = realise_all(graph, needed, build, live_wanted)
    bad = {result.name for result in first if result.status in ("failed", "skipped")}
    whole = {name for name in wanted if bad.isdisjoint((name, *inputs[name]))}
    second = _run(rebuild, graph, whole, build, live_wanted)
    return [*(result for result in first if result.name not in whole), *second]


def _run(
    work: Callable[..., list[Result]],
    graph: DerivationGraph | Closure,
    wanted: Iterable[StoreName],
    build: Build,
    live_wanted: bool,
    heard: Show = unheard,
) -> list[Result]:
    try:
        with progress(live_wanted) as show:

            def tell(event: Event) -> None:
                heard(event)
                show(event)

            results = work(graph.derivations, wanted, build.store, build.policy, tell)
    except ProgramError as problem:
        raise ProgramError(problem.diagnostics, graph.sources) from None
    # A build that failed has a log to read; for what came before it, there is a place.
    found = {one.diagnostic for one in results if one.diagnostic and one.log is None}
    report(sorted(found, key=Diagnostic.order), graph.sources)
    return results


def _check_system(
    derivations: Sequence[Derivation], wanted: Container[StoreName], store: Store
) -> None:
    here = this_system()
    foreign = {one.system for one in derivations if one.name in wanted and one.system != here}
    if foreign and any(one.name in wanted and not store.is_valid(one.name) for one in derivations):
        raise ProgramError(
            Diagnostic(
                Code.E31,
                f"packages for '{system}' cannot be built on '{here}'",
                hint=f"build on such a machine, or for this one: --system {here}",
            )
            for system in sorted(foreign)
        )


def failure_line(module: ModuleName, message: str) -> str:
    """Write the line of a package that did not come to be: one line, three fields."""
    return row("FAIL", module, message)
