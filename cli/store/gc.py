"""`punix store gc`: remove what no generation uses.

In: a store, deployments roots. Out: what goes and what stays, on stdout.
"""

import json
from pathlib import Path

import click

from ...ir.names import RootPath
from ...runtime.store.gc import GcReport, collect
from ...runtime.store.store import Store
from .. import options
from ..console import tell_waiting

__all__ = ["gc"]


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
