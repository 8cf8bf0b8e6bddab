"""`punix service rollback` and `switch`: make a kept generation live.

In: the name of a stack, perhaps a number. Out: that generation, byte for byte
as it was; nothing is evaluated or built.
"""

from dataclasses import replace
from pathlib import Path

import click

from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.deploy.transaction.listing import newest
from ...runtime.service.deploy import deploy
from ...runtime.service.outcome import Outcome
from ...runtime.service.switch import rollback as go_back
from ...runtime.service.switch import switch as go_to
from .. import options
from ..numbers import GenerationNumber
from .activate import tell_failure, tell_outdated
from .deployment import Switching, with_switching
from .steps import Steps, with_steps
from .target import kept_from_gc, tell_skipped, with_target

__all__ = ["rollback", "switch"]


@click.command()
@options.stack
@click.option("--to", type=GenerationNumber(), metavar="N", help="This generation instead.")
@click.option(
    "--refresh-secrets",
    is_flag=True,
    help="Read its secrets anew: a new generation with its files.",
)
@options.vault
@with_switching
@with_target
@with_steps("rollback")
def rollback(
    to: int | None,
    refresh_secrets: bool,
    vault: Path | None,
    switching: Switching,
    place: Target,
    steps: Steps,
) -> int:
    """Go back to the generation of STACK that was live before."""
    activation = switching.activation(place, newest(place) if switching.activate else None)
    more = ""
    with kept_from_gc(place, switching.wait), steps.caller(place.store_root, switching.wait) as who:
        if refresh_secrets:
            from .wish import wish_for_kept  # a rollback renders nothing, and starts quickly

            kept, wish = wish_for_kept(place, to, who, vault)
            done = deploy(place, replace(wish, adopt=switching.adopt, activation=activation), who)
            more = f", {generation_name(kept.generation)} with its secrets read anew"
        else:
            done = go_back(place, to, who, adopt=switching.adopt, activation=activation)
    return _tell(place, "rolled back", done, more, activated=switching.activate)


@click.command()
@options.stack
@click.argument("number", type=GenerationNumber(), metavar="N")
@with_switching
@with_target
@with_steps("switch")
def switch(
    number: int,
    switching: Switching,
    place: Target,
    steps: Steps,
) -> int:
    """Make generation N of STACK live, be it older or newer."""
    activation = switching.activation(place, newest(place) if switching.activate else None)
    with kept_from_gc(place, switching.wait), steps.caller(place.store_root, switching.wait) as who:
        done = go_to(place, number, who, adopt=switching.adopt, activation=activation)
    code = _tell(place, "switched", done, activated=switching.activate)
    if done.was not in (None, number) and done.failure is None:
        roots = options.roots_as_given()
        click.echo(f"  back: punix service switch {place.stack} {done.was}{roots}")
    return code


def _tell(place: Target, verb: str, done: Outcome, more: str = "", *, activated: bool) -> int:
    """Say what is live; returns the exit code."""
    if done.failure is not None:
        return tell_failure(done, done.failure)
    was = f" (was {generation_name(done.was)})" if done.was is not None else ""
    now = generation_name(done.live.generation)
    click.echo(f"{verb}: stack {done.live.stack} → {now}{was}{more}")
    tell_skipped(done.skipped)
    if not activated:
        tell_outdated(place, done)
    return 0
