"""`punix service plan` and `apply`: see what a deploy does, then do just that.

In: a program and the name of a stack. Out: what would change on the target and why,
without a build and without a write, also as a file; and that file, carried out, or
refused because something moved.
"""

import os
from dataclasses import replace
from pathlib import Path

import click

from ..backends.base import load_backend
from ..ir.bundle import Bundle
from ..ir.closure import Closure
from ..ir.codec import identity
from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import ModuleName, RootPath
from ..ir.plan import Plan
from ..ir.saved_plan import SavedPlan
from ..runtime.deploy.generations import Wish
from ..runtime.deploy.ground import Ground, check_unmoved, survey
from ..runtime.deploy.layout import Target
from ..runtime.deploy.secrets import LocalSecrets, Placeholders, SecretSource
from ..runtime.files.fs import write_file
from ..runtime.files.sealed import seal
from . import options
from .activate import activation_for, refuse_activation
from .console import notice, say, write_json
from .deploy import carry_out, tell_deployed
from .numbers import WholeNumber
from .pipeline import bundle_of, close
from .planned import document, lines, plan_for
from .program import load_program
from .realise import BUILD_FAILED, Build, with_build
from .settings import Settings, with_settings
from .stored import read_plan
from .target import scratch_root, target

__all__ = ["apply", "plan"]


@click.command()
@options.stack
@options.program
@click.option("--dry-run", is_flag=True, help="Compare with what dry runs deployed.")
@click.option(
    "--plan",
    "saved",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save it for `punix service apply FILE`.",
)
@options.vault
@options.roots
@options.output_format("text", "json")
@with_settings
def plan(
    stack: ModuleName,
    files: tuple[str, ...],
    dry_run: bool,
    saved: Path | None,
    vault: Path | None,
    store_root: RootPath,
    deployments_root: RootPath,
    transport_root: RootPath | None,
    style: str,
    settings: Settings,
) -> None:
    """Show what a deploy of STACK would do, and why. Builds nothing and writes nothing."""
    if dry_run:
        transport_root = scratch_root(transport_root, deployments_root)
    place = target(stack, deployments_root, store_root, transport_root)
    closure = close(load_program(files, settings.scenario), replace(settings, one_stack=stack))
    bundle = bundle_of(closure, stack)
    ground = _survey(place, bundle, _secrets(vault, dry_run))
    found = plan_for(bundle, ground)
    if style == "json":
        write_json(document(place, bundle, ground, found))
    else:
        for line in lines(place, bundle, ground, found):
            say(line)
    if saved is not None:
        write_file(saved, seal(_saved(place, closure, ground, found)))
        notice(f"saved: {saved}, for `punix service apply {saved}`")


def _secrets(vault: Path | None, dry_run: bool) -> SecretSource:
    real = LocalSecrets(os.environ, vault)
    return Placeholders(real) if dry_run else real


def _survey(place: Target, bundle: Bundle, secrets: SecretSource) -> Ground:
    return survey(place, bundle, secrets, load_backend(bundle.backend).secret)


def _saved(place: Target, closure: Closure, ground: Ground, found: Plan) -> SavedPlan:
    return SavedPlan(
        plan=found,
        live=identity(ground.live) if ground.live else None,
        active=identity(ground.active) if ground.active else None,
        secrets=ground.keyed(),
        store_root=place.store_root,
        deployments_root=place.deployments_root,
        transport_root=place.transport.root,
        closure=closure,
    )


@click.command()
@click.argument("file", type=click.Path(), metavar="FILE")
@click.option("--dry-run", is_flag=True, help="For a plan that was made with --dry-run.")
@click.option("--verify", is_flag=True, help="Ask systemd about new units below any root.")
@click.option(
    "--keep", type=WholeNumber(min=1), default=10, show_default=True, help="Generations kept."
)
@options.adopt
@options.activate
@options.vault
@options.deployments_root
@options.transport_root
@options.wait
@with_build
def apply(
    file: str,
    dry_run: bool,
    verify: bool,
    keep: int,
    adopt: bool,
    activate: bool,
    no_rollback: bool,
    vault: Path | None,
    deployments_root: RootPath,
    transport_root: RootPath | None,
    wait: float | None,
    building: Build,
) -> int:
    """Carry out the plan in FILE, or refuse because something moved since it was made."""
    saved = read_plan(file)
    if dry_run:
        refuse_activation(activate)
        transport_root = scratch_root(transport_root, deployments_root)
    place = target(saved.plan.stack, deployments_root, building.store_root, transport_root)
    activation = activation_for(place, activate, no_rollback)
    bundle = _bundle(file, saved)
    secrets = _secrets(vault, dry_run)

    def confirm() -> None:
        check_unmoved(place, saved, _survey(place, bundle, secrets))

    def settled(wish: Wish) -> Wish:
        wish = replace(wish, keep=keep, verify=verify or None, adopt=adopt, confirm=confirm)
        return replace(wish, activation=activation)

    confirm()  # what moved already is told before anything is built
    done = carry_out(saved.closure, bundle, place, secrets, building, wait, settled)
    if done is None:
        return BUILD_FAILED
    return tell_deployed(done, place, scratch=dry_run, activated=activate)


def _bundle(file: str, saved: SavedPlan) -> Bundle:
    """Make the bundle again. Raises ProgramError (E33) if it is not the one of the plan."""
    bundle = bundle_of(saved.closure, saved.plan.stack)
    if identity(bundle) != saved.plan.bundle:
        hint = "this punix makes other files of the program than the one that made the plan"
        raise ProgramError([Diagnostic(Code.E33, f"{file}: the bundle is another", hint=hint)])
    return bundle
