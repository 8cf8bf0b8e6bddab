"""`punix store …`: look after the store.

In: a store root. Out: what it holds, on stdout.
"""

import json
from pathlib import Path

import click

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import BadName, RootPath, StoreName
from ..runtime.store.gc import GcReport, collect
from ..runtime.store.store import Store
from . import options
from .console import tell_waiting
from .pipeline import packages_of, wanted_names
from .program import load_program
from .settings import Settings, with_settings

__all__ = ["gc", "info", "path", "refs"]


@click.command()
@click.argument("file", type=click.Path())
@click.argument("module")
@options.store_root
@with_settings
def path(file: str, module: str, store_root: RootPath, settings: Settings) -> None:
    """Say which store path the package of MODULE has; builds and creates nothing."""
    graph = packages_of(load_program([file], settings.scenario), settings)
    for name in wanted_names(graph, [module]).values():
        click.echo(Store(store_root).path(name))


@click.command()
@options.store_root
@options.output_format("text", "json")
def info(store_root: RootPath, style: str) -> None:
    """Say where the store is and what it holds."""
    names = Store(store_root).names()
    if style == "json":
        click.echo(json.dumps({"version": 1, "root": store_root, "paths": names}, indent=2))
        return
    click.echo(f"{store_root}: {len(names)} path(s)")


@click.command()
@click.argument("path")
@options.store_root
@options.output_format("text", "json")
def refs(path: str, store_root: RootPath, style: str) -> None:
    """List what a store path refers to."""
    store = Store(store_root)
    try:
        name = StoreName(Path(path).name)
        found = [str(store.path(entry)) for entry in store.references(name)]
    except (BadName, FileNotFoundError):
        raise ProgramError([_no_path(path, store)]) from None
    if style == "json":
        click.echo(json.dumps({"version": 1, "path": path, "references": found}, indent=2))
        return
    for line in found:
        click.echo(line)


def _no_path(path: str, store: Store) -> Diagnostic:
    return Diagnostic(Code.E26, f"no valid path '{path}' in {store.root}")


@click.command()
@options.store_root
@options.deployments_root
@click.option("--dry-run", is_flag=True, help="Remove nothing; say what would go.")
@options.wait
@options.output_format("text", "json")
def gc(
    store_root: RootPath, deployments_root: RootPath, dry_run: bool, wait: float | None, style: str
) -> None:
    """Remove store paths that no generation uses."""
    report = collect(
        Store(store_root), [Path(deployments_root)], dry_run, wait=wait, waiting=tell_waiting
    )
    for root in report.dropped_roots:
        click.echo(f"warning: deployments root {root} is gone", err=True)
    for name in report.missing:
        click.echo(f"warning: {name} is pinned and not in the store", err=True)
    click.echo(as_json(report) if style == "json" else as_text(report))


def as_text(report: GcReport) -> str:
    """Write what goes, and a line that counts."""
    lines = [
        f"{'would remove' if report.dry_run else 'removed'} {dead.name}" for dead in report.dead
    ]
    verb = "would free" if report.dry_run else "freed"
    lines.append(
        f"{len(report.dead)} path(s) go, {len(report.kept)} stay; {verb} {report.size} bytes"
    )
    return "\n".join(lines)


def as_json(report: GcReport) -> str:
    """Write the whole report as a versioned document."""
    document = {
        "version": 1,
        "dry_run": report.dry_run,
        "dead": [{"name": dead.name, "size": dead.size} for dead in report.dead],
        "kept": [{"name": kept.name, "because": str(kept.because)} for kept in report.kept],
        "missing": list(report.missing),
        "dropped_roots": [str(root) for root in report.dropped_roots],
    }
    return json.dumps(document, indent=2)
