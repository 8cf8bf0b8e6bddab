"""`punix service apply`: carry out a plan that was saved.

In: the file of a plan. Out: what it says is live, or a refusal that names what moved since.
"""

import click

from ...backends.base import load_backend
from ...ir.bundle import Bundle
from ...ir.codec import identity
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.saved_plan import SavedPlan
from ...runtime.deploy.target.layout import Target
from ...runtime.service.baseline import check_unchanged, read_baseline
from ..building.realise import Build, with_build
from ..compiling.pipeline import bundle_of
from ..compiling.stored import read_plan
from .deploy import carry_out
from .deployment import Deployment, with_deployment
from .home import for_target
from .steps import Steps, with_steps

__all__ = ["apply"]


@click.command()
@click.argument("file", type=click.Path(), metavar="FILE")
@with_deployment("For a plan that was made with --dry-run.")
@with_build
@with_steps("apply", lambda values: read_plan(values["file"]).plan.stack)
def apply(file: str, deployment: Deployment, building: Build, steps: Steps) -> int:
    """Carry out the plan in FILE, or refuse because something moved since it was made."""
    saved = read_plan(file)
    place = deployment.target(saved.plan.stack, building.store_root)
    bundle = _bundle(file, saved, place)
    quote = load_backend(bundle.backend).secret

    def confirm() -> None:
        check_unchanged(place, saved, read_baseline(place, bundle, deployment.secrets, quote))

    return carry_out(saved.closure, bundle, place, deployment, building, steps, confirm)


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
