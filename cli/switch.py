"""`punix service rollback` and `switch`: make a kept generation live.

In: the name of a stack, perhaps a number. Out: that generation, byte for byte
as it was; nothing is evaluated or built.
"""

from dataclasses import replace
from pathlib import Path

import click

from ..ir.names import ModuleName, RootPath
from ..runtime.deploy.generations import Done, deploy
from ..runtime.deploy.generations import rollback as go_back
from ..runtime.deploy.generations import switch as go_to
from ..runtime.deploy.layout import generation_name
from . import options
from .numbers import WholeNumber
from .target import caller, kept_from_gc, target, tell_skipped

__all__ = ["rollback", "switch"]


@click.command()
@options.stack
@click.option("--to", type=WholeNumber(min=1), metavar="N", help="This generation instead.")
@click.option(
    "--refresh-secrets",
    is_flag=True,
    help="Read its secrets anew: a new generation with its files.",
)
@options.vault
@options.adopt
@options.roots
@options.wait
def rollback(
    stack: ModuleName,
    to: int | None,
    refresh_secrets: bool,
    vault: Path | None,
    adopt: bool,
    store_root: RootPath,
    deployments_root: RootPath,
    transport_root: RootPath | None,
    wait: float | None,
) -> None:
    """Go back to the generation of STACK that was live before."""
    place = target(stack, deployments_root, store_root, transport_root)
    who = caller(store_root, wait)
    with kept_from_gc(place):
        if not refresh_secrets:
            _tell("rolled back", go_back(place, to, who, adopt=adopt))
            return
        from .wish import wish_for_kept  # a rollback renders nothing, and starts quickly

        kept, wish = wish_for_kept(place, to, who, vault)
        done = deploy(place, replace(wish, adopt=adopt), who)
    _tell("rolled back", done, f", {generation_name(kept.generation)} with its secrets read anew")


@click.command()
@options.stack
@click.argument("number", type=WholeNumber(min=1), metavar="N")
@options.adopt
@options.roots
@options.wait
def switch(
    stack: ModuleName,
    number: int,
    adopt: bool,
    store_root: RootPath,
    deployments_root: RootPath,
    transport_root: RootPath | None,
    wait: float | None,
) -> None:
    """Make generation N of STACK live, be it older or newer."""
    place = target(stack, deployments_root, store_root, transport_root)
    with kept_from_gc(place):
        done = go_to(place, number, caller(store_root, wait), adopt=adopt)
    _tell("switched", done)
    if done.was is not None:
        click.echo(f"  back: punix service switch {stack} {done.was}{options.roots_as_given()}")


def _tell(verb: str, done: Done, more: str = "") -> None:
    was = f" (was {generation_name(done.was)})" if done.was is not None else ""
    now = generation_name(done.live.generation)
    click.echo(f"{verb}: stack {done.live.stack} → {now}{was}{more}")
    tell_skipped(done.skipped)
