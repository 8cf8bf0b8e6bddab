"""`punix service list` and `show`: what was deployed.

In: the name of a stack. Out: facts on stdout; nothing changes but what an interrupted command
left.
"""

from collections.abc import Mapping

import click

from ...ir.codec import dumps, envelope
from ...ir.dump import render
from ...ir.manifest import Manifest
from ...runtime.deploy.records.compare import difference
from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.deploy.transaction.listing import GenerationInfo, Listing, generations
from ...runtime.deploy.transaction.listing import show as manifest_of
from .. import options
from ..console import notice, report, say, write_json
from ..numbers import GenerationNumber
from .target import with_target

__all__ = ["list_", "show"]


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
