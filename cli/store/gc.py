"""`punix store gc`: remove what nothing needs.

In: a store, deployments roots, how much may stay. Out: what goes, and why the rest
stays, on stdout.
"""

from pathlib import Path

import click

from ...ir.names import RootPath, StoreName
from ...runtime.files.lock import LockHeld
from ...runtime.files.size import human_size
from ...runtime.store.gc import Dead, GcReport, Kept, collect, survey
from ...runtime.store.mark import Root
from ...runtime.store.retention import Policy
from .. import options
from ..console import notice, tell_waiting, write_json
from ..in_use import busy
from ..numbers import Number, parse_size
from .existing import existing
from .roots import tell_unseen

__all__ = ["gc"]

MOST_DAYS = 36_500


@click.command()
@options.store_root
@options.deployments_root
@click.option("--dry-run", is_flag=True, help="Remove nothing; say what would go, and why not.")
@click.option(
    "--keep-days",
    type=Number(lambda days: 0 <= days <= MOST_DAYS, f"from 0 to {MOST_DAYS}"),
    metavar="N",
    envvar="PUNIX_KEEP_DAYS",
    help="Keep what was built in the last N days, with what it mentions.",
)
@click.option(
    "--max-size",
    type=parse_size,
    metavar="SIZE",
    envvar="PUNIX_MAX_SIZE",
    help="Remove the oldest only, until the store is at most this big: 20G, 500M.",
)
@options.wait
@options.output_format("text", "json")
def gc(
    store_root: RootPath,
    deployments_root: RootPath,
    dry_run: bool,
    keep_days: float | None,
    max_size: int | None,
    wait: float | None,
    style: str,
) -> None:
    """Remove store paths that no generation, pin or running process uses."""
    work = survey if dry_run else collect
    policy = Policy(keep_days, max_size)
    try:
        report = work(
            existing(store_root), [Path(deployments_root)], policy, wait=wait, waiting=tell_waiting
        )
    except LockHeld as problem:
        raise busy(problem) from None
    for root in report.dropped_roots:
        notice(f"warning: deployments root {root} is gone")
    for name in report.missing:
        notice(f"warning: {name} is in use and not valid: build it again")
    tell_unseen(report.unseen)
    if style == "json":
        write_json(_document(report, dry_run))
    else:
        click.echo(_as_text(report, dry_run))


def _as_text(report: GcReport, dry_run: bool) -> str:
    """Write what goes, for a dry run also why the rest stays, and a line that counts."""
    verb, freed = ("would remove", "would free") if dry_run else ("removed", "freed")
    lines = [f"{verb} {_dead(dead)}" for dead in report.dead]
    if dry_run:
        lines += [f"stays {kept.name}: {_why(kept)}" for kept in report.kept]
    if report.records:
        lines.append(f"{verb} {len(report.records)} old log(s)")
    counts = f"{len(report.dead)} path(s) go, {len(report.kept)} stay"
    return "\n".join([*lines, f"{counts}; {freed} {human_size(report.size)}"])


def _dead(dead: Dead) -> str:
    return f"{dead.name} ({human_size(dead.size)}{'' if dead.valid else ', left of a build'})"


def _why(kept: Kept) -> str:
    match kept.because:
        case None:
            return "nothing needs it, and there is room"
        case Root() as root:
            return str(root)
        case name:
            return f"{name} mentions it"


def _document(report: GcReport, dry_run: bool) -> dict[str, object]:
    return {
        "version": 1,
        "dry_run": dry_run,
        "size": report.size,
        "dead": [
            {"name": dead.name, "size": dead.size, "valid": dead.valid} for dead in report.dead
        ],
        "kept": [{"name": kept.name, "because": _because(kept.because)} for kept in report.kept],
        "missing": list(report.missing),
        "logs": list(report.records),
        "dropped_roots": [str(root) for root in report.dropped_roots],
        "unseen_processes": report.unseen,
    }


def _because(because: Root | StoreName | None) -> dict[str, str]:
    if because is None:
        return {"kind": "room"}
    if isinstance(because, Root):
        return {"kind": because.kind, "where": because.where}
    return {"kind": "mentioned", "by": because}
