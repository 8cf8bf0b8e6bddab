"""`punix build`: build packages from a program.

In: a program. Out: one line for each package on stdout, tab separated, and a
line that counts them; progress on stderr.
"""

from collections.abc import Mapping

import click

from ..ir.derivation import DerivationGraph
from ..ir.names import ModuleName, StoreName
from ..runtime.store.store import Store
from . import options
from .console import tell_waiting
from .pipeline import lower, packages_of, refuse_seeds, wanted_names
from .program import load_program
from .realise import BUILD_FAILED, Build, failure_line, realise_all, with_build
from .settings import Settings, with_settings

__all__ = ["build"]


@click.command()
@options.files
@click.option("--dry-run", is_flag=True, help="Build nothing; show the paths that would result.")
@click.option("--only", metavar="A,B", help="Only these packages.")
@with_build
@with_settings
def build(
    files: tuple[str, ...], dry_run: bool, only: str | None, building: Build, settings: Settings
) -> int:
    """Build packages from a program.

    FILE is a program file or a folder of them; all together are one program.
    """
    lowered = lower(load_program(files or (".",), settings.scenario), settings)
    graph = packages_of(lowered, settings)
    names = wanted_names(graph, only.split(",") if only else None)
    if dry_run:
        _tell(names, {}, building.store)  # also what is refused has a path
    refuse_seeds(lowered, names)
    if dry_run:
        return 0
    with building.prepared().using(waiting=tell_waiting):
        failures = _failures(graph, names, building)
    _tell(names, failures, building.store)
    return BUILD_FAILED if failures else 0


def _tell(
    names: Mapping[ModuleName, StoreName], failures: Mapping[ModuleName, str], store: Store
) -> None:
    """Write the line of each package, and one that counts them."""
    for module, name in names.items():
        click.echo(failures.get(module) or f"ok\t{module}\t{store.path(name)}")
    click.echo(f"{len(names)} packages: {len(names) - len(failures)} ok, {len(failures)} failed")


def _failures(
    graph: DerivationGraph, names: Mapping[ModuleName, StoreName], building: Build
) -> dict[ModuleName, str]:
    """Build, and return the line of each package that did not come to be."""
    results = realise_all(graph.derivations, names.values(), building)
    failed = {one.name: one for one in results if one.status in ("failed", "skipped")}
    return {
        module: failure_line(module, failed[name])
        for module, name in names.items()
        if name in failed
    }
