"""`punix service remove`: take a stack off its target.

In: the name of a stack. Out: none of its files is left on the target; its
generations stay, so that `switch` can bring it back, unless they are purged.
"""

import click

from ...runtime.deploy.target.layout import Target
from ...runtime.deploy.transaction.listing import newest
from ...runtime.service.remove import remove as take_off
from .. import options
from .activate import activation_for
from .steps import Steps, with_steps
from .target import tell_skipped, with_target

__all__ = ["remove"]


@click.command()
@options.stack
@click.option("--purge", is_flag=True, help="Remove its generations and their secrets too.")
@click.option("--activate", is_flag=True, help="Stop its units first.")
@with_target
@options.wait
@with_steps("remove")
def remove(
    place: Target,
    purge: bool,
    activate: bool,
    wait: float | None,
    steps: Steps,
) -> None:
    """Take STACK off its target; `switch` can bring it back."""
    activation = activation_for(place, newest(place) if activate else None, activate, False)
    with steps.caller(place.store_root, wait) as who:
        skipped = take_off(place, who, purge=purge, activation=activation)
    tell_skipped(skipped)
    click.echo(f"removed: stack {place.stack}{' and its generations' if purge else ''}")
