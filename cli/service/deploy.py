"""`punix service deploy`: make a stack's new generation live.

In: a program and the name of a stack. Out: a generation on the target, wholly
live or not at all, and one line that says so.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from ...ir.bundle import Bundle
from ...ir.closure import Closure
from ...ir.names import ModuleName, RootPath
from ...runtime.deploy.layout import Target, generation_name
from ...runtime.deploy.secrets import LocalSecrets, Placeholders, SecretSource, resolve
from ...runtime.service.deploy import Wish
from ...runtime.service.deploy import deploy as make_live
from ...runtime.service.done import Done
from .. import options
from ..console import tell_waiting
from ..numbers import WholeNumber
from ..pipeline import bundle_of, close
from ..program import load_program
from ..realise import BUILD_FAILED, Build, failure_line, realise_all, with_build
from ..settings import Settings, with_settings
from .activate import activation_for, refuse_activation, tell_failure, tell_outdated
from .binaries import check_binaries
from .exposure import check_exposure
from .hidden import check_seen
from .home import for_target
from .steps import Steps, with_steps
from .target import deployments_folder, scratch_root, target, tell_skipped
from .wish import wish_for

__all__ = ["carry_out", "deploy", "tell_deployed"]


@click.command()
@options.stack
@options.program
@click.option("--dry-run", is_flag=True, help="Deploy below a scratch folder instead of /.")
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
@with_settings
@with_steps("deploy")
def deploy(
    stack: ModuleName,
    files: tuple[str, ...],
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
    settings: Settings,
    steps: Steps,
) -> int:
    """Make a new generation of STACK live."""
    if dry_run:
        refuse_activation(activate)
        transport_root = scratch_root(transport_root, deployments_root)
    place = target(stack, deployments_root, building.store_root, transport_root)
    closure = close(load_program(files, settings.scenario), replace(settings, one_stack=stack))
    bundle = for_target(bundle_of(closure, stack), place)
    activation = activation_for(place, bundle, activate, no_rollback)
    real = LocalSecrets(os.environ, vault)
    secrets = Placeholders(real) if dry_run else real

    def settled(wish: Wish) -> Wish:
        wish = replace(wish, keep=keep, verify=verify or None, adopt=adopt, enable=enable)
        return replace(wish, activation=activation)

    done = carry_out(closure, bundle, place, secrets, building, wait, settled, steps)
    if done is None:
        return BUILD_FAILED
    return tell_deployed(done, place, scratch=dry_run, activated=activate)


def carry_out(
    closure: Closure,
    bundle: Bundle,
    place: Target,
    secrets: SecretSource,
    building: Build,
    wait: float | None,
    settled: Callable[[Wish], Wish],
    steps: Steps,
) -> Done | None:
    """Build what a bundle uses and make it live; None if a build failed, which is told.

    `settled` puts what the command line says into the wish. Raises ProgramError.
    """
    resolve(bundle, secrets)  # what is missing is told before anything is built
    check_exposure(bundle)
    check_seen(bundle, place)
    with building.prepared(deployments_folder(place)).using(waiting=tell_waiting):
        if not _built(closure, bundle, building, steps):
            return None
        check_binaries(bundle, building.store)
        wish = wish_for(bundle, building.store.closure(bundle.roots), place, secrets)
        with steps.caller(building.store_root, wait) as who:
            return make_live(place, settled(wish), who)


def _built(closure: Closure, bundle: Bundle, building: Build, steps: Steps) -> bool:
    """Build what the stack uses; tell each failure."""
    results = realise_all(closure, bundle.roots, building, heard=steps.events.build)
    failed = [result for result in results if result.status in ("failed", "skipped")]
    for result in failed:
        click.echo(failure_line(result.module, result.message))
    return not failed


def tell_deployed(done: Done, place: Target, *, scratch: bool, activated: bool) -> int:
    """Say what is live now, and where, if that is below a scratch root; returns the exit code."""
    if done.failure is not None:
        return tell_failure(done, done.failure)
    live = done.live
    click.echo(
        f"deployed: stack {live.stack} → {generation_name(live.generation)} "
        f"({len(live.files)} config file(s), {len(live.store_paths)} store path(s) pinned)"
    )
    if scratch:
        click.echo(f"  scratch: {place.transport.root}/")
    tell_skipped(done.skipped)
    if not activated:
        tell_outdated(place, done)
    return 0
