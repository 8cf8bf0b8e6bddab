"""`punix service deploy`: make a stack's new generation live.

In: a program and the name of a stack. Out: a generation on the target, wholly
live or not at all, and one line that says so.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from ...ir.bundle import Bundle
from ...ir.closure import Closure
from ...ir.names import ModuleName
from ...runtime.deploy.staging.secrets import resolve
from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.service.deploy import deploy as make_live
from ...runtime.service.outcome import Outcome
from .. import options
from ..building.realise import Build, failure_line, realise_all, with_build
from ..compiling.pipeline import bundle_of, close
from ..compiling.program import load_program
from ..compiling.settings import Settings, with_settings
from ..exit_codes import BUILD_FAILED
from ..in_use import in_use
from .activate import tell_failure, tell_outdated
from .binaries import check_binaries
from .deployment import Deployment, with_deployment
from .exposure import check_exposure
from .hidden import check_seen
from .home import for_target
from .steps import Steps, with_steps
from .target import deployments_folder, tell_skipped
from .wish import wish_for

__all__ = ["carry_out", "deploy"]


@click.command()
@options.stack
@options.program
@with_deployment("Deploy below a scratch folder instead of /.")
@with_build
@with_settings
@with_steps("deploy", lambda values: values["stack"])
def deploy(
    stack: ModuleName,
    files: tuple[str, ...],
    deployment: Deployment,
    building: Build,
    settings: Settings,
    steps: Steps,
) -> int:
    """Make a new generation of STACK live."""
    place = deployment.target(stack, building.store_root)
    closure = close(load_program(files, settings.scenario), replace(settings, one_stack=stack))
    bundle = for_target(bundle_of(closure, stack), place)
    return carry_out(closure, bundle, place, deployment, building, steps)


def carry_out(
    closure: Closure,
    bundle: Bundle,
    place: Target,
    deployment: Deployment,
    building: Build,
    steps: Steps,
    confirm: Callable[[], None] = lambda: None,
) -> int:
    """Build what a bundle uses, make it live and tell of it; returns the exit code.

    `confirm` is asked before anything is built, and once the stack is held: it raises
    ProgramError to end it there. Raises ProgramError.
    """
    activation = deployment.switching.activation(place, bundle)
    confirm()
    secrets = deployment.secrets
    resolve(bundle, secrets)  # what is missing is told before anything is built
    check_exposure(bundle)
    check_seen(bundle, place)
    folders = deployments_folder(place), Path(place.deployments_root)  # a dry run has both
    with in_use(building.prepared(*folders), deployment.switching.wait):
        if not _built(closure, bundle, building, steps):
            return BUILD_FAILED
        check_binaries(bundle, building.store)
        wish = wish_for(bundle, building.store.closure(bundle.roots), place, secrets)
        wish = replace(deployment.settle(wish), activation=activation, confirm=confirm)
        with steps.caller(building.store_root, deployment.switching.wait) as who:
            done = make_live(place, wish, who)
    return _tell(done, place, deployment)


def _built(closure: Closure, bundle: Bundle, building: Build, steps: Steps) -> bool:
    """Build what the stack uses; tell each failure."""
    results = realise_all(closure, bundle.roots, building, heard=steps.events.build)
    failed = [result for result in results if result.status in ("failed", "skipped")]
    for result in failed:
        click.echo(failure_line(result.module, result.message))
    return not failed


def _tell(done: Outcome, place: Target, deployment: Deployment) -> int:
    """Say what is live now, and where, if that is below a scratch root; returns the exit code."""
    if done.failure is not None:
        return tell_failure(done, done.failure)
    live = done.live
    click.echo(
        f"deployed: stack {live.stack} → {generation_name(live.generation)} "
        f"({len(live.files)} config file(s), {len(live.store_paths)} store path(s) pinned)"
    )
    if deployment.dry_run:
        click.echo(f"  scratch: {place.transport.root}/")
    tell_skipped(done.skipped)
    if not deployment.switching.activate:
        tell_outdated(place, done)
    return 0
