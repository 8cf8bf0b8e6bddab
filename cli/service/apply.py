"""`punix service apply`: carry out a plan that was saved.

In: the file of a plan. Out: what it says is live, or a refusal that names what moved since.
"""

import os
from dataclasses import replace
from pathlib import Path

import click

from ...backends.base import load_backend
from ...ir.bundle import Bundle
from ...ir.codec import identity
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import RootPath
from ...ir.saved_plan import SavedPlan
from ...runtime.deploy.layout import Target
from ...runtime.deploy.secrets import LocalSecrets, Placeholders
from ...runtime.service.deploy import Wish
from ...runtime.service.ground import check_unmoved, survey
from .. import options
from ..numbers import WholeNumber
from ..pipeline import bundle_of
from ..realise import BUILD_FAILED, Build, with_build
from ..stored import read_plan
from .activate import activation_for, refuse_activation
from .deploy import carry_out, tell_deployed
from .home import for_target
from .steps import Steps, with_steps
from .target import scratch_root, target

__all__ = ["apply"]


@click.command()
@click.argument("file", type=click.Path(), metavar="FILE")
@click.option("--dry-run", is_flag=True, help="For a plan that was made with --dry-run.")
@click.option("--verify", is_flag=True, help="Ask systemd about new units below any root.")
@click.option(
    "--keep",
    type=WholeNumber(min=1),
    metavar="N",
    default=10,
    show_default=True,
    help="How many generations are kept.",
)
@options.adopt
@options.enable
@options.activate
@options.vault
@options.deployments_root
@options.transport_root
@options.wait
@with_build
@with_steps("apply", lambda values: read_plan(values["file"]).plan.stack)
def apply(
    file: str,
    dry_run: bool,
    verify: bool,
    keep: int,
    adopt: bool,
    enable: bool,
    activate: bool,
    no_rollback: bool,
    vault: Path | None,
    deployments_root: RootPath,
    transport_root: RootPath | None,
    wait: float | None,
    building: Build,
    steps: Steps,
) -> int:
    """Carry out the plan in FILE, or refuse because something moved since it was made."""
    saved = read_plan(file)
    if dry_run:
        refuse_activation(activate)
        transport_root = scratch_root(transport_root, deployments_root)
    place = target(saved.plan.stack, deployments_root, building.store_root, transport_root)
    bundle = _bundle(file, saved, place)
    activation = activation_for(place, bundle, activate, no_rollback)
    quote = load_backend(bundle.backend).secret
    real = LocalSecrets(os.environ, vault)
    secrets = Placeholders(real) if dry_run else real

    def confirm() -> None:
        check_unmoved(place, saved, survey(place, bundle, secrets, quote))

    def settled(wish: Wish) -> Wish:
        wish = replace(wish, keep=keep, verify=verify or None, adopt=adopt, enable=enable)
        return replace(wish, confirm=confirm, activation=activation)

    confirm()  # what moved already is told before anything is built
    done = carry_out(saved.closure, bundle, place, secrets, building, wait, settled, steps)
    if done is None:
        return BUILD_FAILED
    return tell_deployed(done, place, scratch=dry_run, activated=activate)


def _bundle(file: str, saved: SavedPlan, place: Target) -> Bundle:
    """Make the bundle again. Raises ProgramError: E44, E33 if it is not the one of the plan."""
    bundle = for_target(bundle_of(saved.closure, saved.plan.stack), place)
    if bundle.home != saved.home:
        message = f"the plan is for the home folder '{saved.home}', this is '{bundle.home}'"
        raise ProgramError([Diagnostic(Code.E33, message)])
    if identity(bundle) != saved.plan.bundle:
        hint = "this punix makes other files of the program than the one that made the plan"
        raise ProgramError([Diagnostic(Code.E33, f"{file}: the bundle is another", hint=hint)])
    return bundle
