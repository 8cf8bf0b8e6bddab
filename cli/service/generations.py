"""`punix service list`, `show` and `verify`: what is deployed, and whether it still is.

In: the name of a stack. Out: facts on stdout; nothing changes but what an
interrupted command left, and with `--fix` what was changed by hand.
"""

from collections.abc import Iterator, Mapping
from functools import partial

import click

from ...ir.codec import dumps, envelope
from ...ir.dump import render
from ...ir.manifest import Manifest
from ...ir.names import StoreName
from ...runtime.deploy.paths.drift import Drift
from ...runtime.deploy.records.compare import difference
from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.deploy.transaction.listing import GenerationInfo, Listing, generations
from ...runtime.deploy.transaction.listing import show as manifest_of
from ...runtime.deploy.transaction.verify import Verified, verify_and_repair
from ...runtime.deploy.transaction.verify import verify as verify_only
from ...runtime.store.store import Store
from .. import options
from ..console import notice, report, say, write_json
from ..numbers import GenerationNumber
from .target import caller, with_target

__all__ = ["DRIFT", "list_", "show", "verify"]

DRIFT = 5
"""The exit code of `verify` if something is not as it was deployed."""


@click.command("list")
@options.stack
@click.option("--history", is_flag=True, help="List the commands that were run instead.")
@with_target
@options.output_format("text", "json")
def list_(place: Target, history: bool, style: str) -> int:
    """List the generations of STACK, oldest first; the live one has a star."""
    found = generations(place, notice)
    if style == "json":
        document = {
            "version": 1,
            "stack": place.stack,
            "unsettled": found.unsettled,
            "generations": [_facts(info) for info in found.generations],
            "history": list(found.history),
        }
        write_json(document)
    elif history:
        for line in found.history:
            say(_told_of(line))
    else:
        _tell_generations(place, found)
    report(found.damaged)
    return 1 if found.damaged else 0


def _tell_generations(place: Target, found: Listing) -> None:
    manifests = {info.manifest.generation: info.manifest for info in found.generations}
    for info in found.generations:
        click.echo(_line(info, manifests.get(info.manifest.previous or 0)))
    if not found.generations and not found.damaged:
        notice(f"stack {place.stack} has no generation")
    if found.unsettled:
        click.echo(found.unsettled)


def _facts(info: GenerationInfo) -> dict[str, object]:
    manifest = info.manifest
    return {
        "generation": manifest.generation,
        "live": info.is_live,
        "deployed_at": manifest.deployed_at,
        "deployed_by": manifest.deployed_by,
        "previous": manifest.previous,
        "scenario": manifest.scenario,
        "files": len(manifest.files),
        "store_paths": list(manifest.store_paths),
    }


def _told_of(line: Mapping[str, object]) -> str:
    """Write a line of the history, which may have been written by any version, or by hand."""
    way = " → ".join(
        generation_name(number) if isinstance(number, int) else "nothing"
        for number in (line.get("from"), line.get("to"))
    )
    facts = (line.get("at"), line.get("who"), line.get("verb"), way, line.get("result"))
    return "  ".join(str(fact) for fact in facts)


def _line(info: GenerationInfo, previous: Manifest | None) -> str:
    manifest = info.manifest
    star = "*" if info.is_live else " "
    scenario = f"  scenario {manifest.scenario}" if manifest.scenario else ""
    changed = f"  files {difference(previous, manifest).files}" if previous else ""
    return (
        f"{star} {generation_name(manifest.generation)}  {manifest.deployed_at}  "
        f"{manifest.deployed_by}  {len(manifest.files)} config file(s), "
        f"{len(manifest.store_paths)} store path(s){changed}{scenario}"
    )


@click.command()
@options.stack
@click.argument("number", type=GenerationNumber(), metavar="[N]", required=False)
@with_target
@options.output_format("text", "json")
def show(
    place: Target,
    number: int | None,
    style: str,
) -> None:
    """Show the manifest of generation N of STACK, by default of the live one."""
    manifest = manifest_of(place, number, notice)
    click.echo(dumps(manifest) if style == "json" else render(envelope(manifest)), nl=False)


@click.command()
@options.stack
@click.option("--deep", is_flag=True, help="Read every byte of the store paths that it uses.")
@click.option("--fix", is_flag=True, help="Put back what differs; what was there is kept aside.")
@with_target
@options.wait
@options.output_format("text", "json")
def verify(
    place: Target,
    deep: bool,
    fix: bool,
    wait: float | None,
    style: str,
) -> int:
    """Compare the machine with the live generation of STACK."""
    fault = partial(_damage, Store(place.store_root)) if deep else None
    compare = verify_and_repair if fix else verify_only
    found = compare(place, caller(place.store_root, wait), fault)
    if style == "json":
        write_json(_document(place, found))
    else:
        click.echo(_as_text(place, found))
    return DRIFT if any(not drift.fixed for drift in found.drifts) else 0


def _damage(store: Store, name: StoreName) -> str | None:
    """Say what is wrong with a store path, down to its bytes."""
    from ...runtime.store.verify import verify_entry  # it reads trees, which few commands do

    if not store.is_valid(name):
        return "is gone or not valid"
    return next((fault.message for fault in verify_entry(store, name, deep=True)), None)


def _as_text(place: Target, found: Verified) -> str:
    lines = [line for drift in found.drifts for line in _told(drift)]
    lines += [f"{path}: a drop-in of somebody else, which stays" for path in found.drop_ins]
    left = sum(not drift.fixed for drift in found.drifts)
    state = f"{left} difference(s)" if left else "as deployed"
    lines.append(f"{place.stack} {generation_name(found.generation)}: {state}")
    if found.unsettled:
        lines.append(found.unsettled)
    return "\n".join(lines)


def _told(drift: Drift) -> Iterator[str]:
    mended = "mended: " if drift.fixed else ""
    kept = f" (kept as {drift.moved})" if drift.moved else ""
    yield f"{drift.path}: {mended}{drift.message}{kept}"
    if not drift.fixed:
        yield f"  {drift.remedy}"


def _document(place: Target, found: Verified) -> dict[str, object]:
    return {
        "version": 1,
        "stack": place.stack,
        "generation": found.generation,
        "unsettled": found.unsettled,
        "drop_ins": list(found.drop_ins),
        "differences": [
            {
                "path": drift.path,
                "what": drift.what,
                "message": drift.message,
                "remedy": drift.remedy,
                "fixed": drift.fixed,
                "kept": drift.moved,
            }
            for drift in found.drifts
        ],
    }
