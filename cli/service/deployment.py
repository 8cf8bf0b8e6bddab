"""What a command line says of how a generation is made live.

In: options. Out: a `Switching`, which every command has that makes a generation live, and for
those that make a new one a `Deployment`; the target, secrets and wish that come of them.
"""

from dataclasses import replace
from pathlib import Path

import click

from ...ir.bundle import Bundle
from ...ir.manifest import Manifest
from ...ir.names import ModuleName, RootPath
from ...ir.node import Frozen, frozen
from ...runtime.deploy.staging.secrets import SecretSource
from ...runtime.deploy.target.layout import Target
from ...runtime.service.deploy import Wish
from ...runtime.units.activation import Activation
from .. import options
from ..numbers import WholeNumber
from .activate import activation_for, refuse_activation
from .secrets import secret_source
from .target import for_dry_run, target

__all__ = ["Deployment", "Switching", "with_deployment", "with_switching"]


@frozen
class Switching(Frozen):
    """How a generation becomes live; `wait` is in seconds, None is for ever."""

    adopt: bool
    activate: bool
    no_rollback: bool
    wait: float | None

    def activation(self, place: Target, stack: Bundle | Manifest | None) -> Activation | None:
        """Return what acts on units, as `activation_for` does. Raises ProgramError (E34)."""
        return activation_for(place, stack, self.activate, self.no_rollback)


@frozen
class Deployment(Frozen):
    """How a new generation is made, and where, and then becomes live."""

    switching: Switching
    dry_run: bool
    verify: bool
    keep: int
    enable: bool
    vault: Path | None
    deployments_root: RootPath
    transport_root: RootPath | None

    @property
    def secrets(self) -> SecretSource:
        """Where the values of secrets come from."""
        return secret_source(self.vault, self.dry_run)

    def target(self, stack: ModuleName, store_root: RootPath) -> Target:
        """Return a stack on its target, that of a dry run below a scratch root.

        Raises UsageError for a dry run with `--activate`.
        """
        roots = options.Roots(store_root, self.deployments_root, self.transport_root)
        if self.dry_run:
            refuse_activation(self.switching.activate)
            roots = for_dry_run(roots)
        return target(stack, roots)

    def settle(self, wish: Wish) -> Wish:
        """Return a wish with what the command line says of the new generation."""
        keep, verify = self.keep, self.verify or None
        return replace(
            wish, keep=keep, verify=verify, adopt=self.switching.adopt, enable=self.enable
        )


with_switching = options.gathered(
    "switching",
    Switching,
    click.option(
        "--adopt", is_flag=True, help="Take over paths at which something else lies, and keep that."
    ),
    click.option(
        "--activate",
        is_flag=True,
        help="Stop, restart and start units; if one fails, go back to the generation before.",
    ),
    click.option(
        "--no-rollback", is_flag=True, help="Leave what --activate could not start as it is."
    ),
    options.wait,
)
"""The options of every command that makes a generation live: the command gets one `Switching`."""


def with_deployment(dry_run: str) -> options.Decorator:
    """Return the options of a command that makes a new generation: it gets one `Deployment`.

    `dry_run` says what `--dry-run` is for.
    """
    return options.gathered(
        "deployment",
        Deployment,
        click.option("--dry-run", is_flag=True, help=dry_run),
        click.option("--verify", is_flag=True, help="Ask systemd about new units below any root."),
        click.option(
            "--keep",
            type=WholeNumber(1),
            metavar="N",
            default=10,
            show_default=True,
            help="How many generations are kept.",
        ),
        click.option(
            "--enable", is_flag=True, help="Let services start at boot; later deploys keep it."
        ),
        options.vault,
        options.deployments_root,
        options.transport_root,
        with_switching,
    )
