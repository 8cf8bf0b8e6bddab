"""`punix service plan`: see what a deploy does, before it does it.

In: a program and the name of a stack. Out: what would change on the target and why,
without a build and without a write, also as a file for `service apply`.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from click.core import ParameterSource

from ...backends.base import load_backend
from ...ir.bundle import Bundle
from ...ir.closure import Closure
from ...ir.codec import identity
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import AbsPath, ModuleName
from ...ir.plan import Plan
from ...ir.saved_plan import SavedPlan
from ...runtime.deploy.target.layout import Target
from ...runtime.deploy.transaction.listing import live
from ...runtime.files.fs import named_file
from ...runtime.files.sealed import seal
from ...runtime.service.baseline import Baseline, read_baseline
from .. import options
from ..compiling.settings import Settings, with_settings
from ..console import notice, say, write_json
from .exposure import exposures_of
from .hidden import check_seen
from .home import for_target
from .plan_screen import coloured, lines
from .planned import document, plan_for
from .secrets import secret_source
from .target import for_dry_run, target

__all__ = ["plan", "removal"]

REMOVED = "the stack is removed"


@click.command()
@options.stack
@options.program
@click.option("--remove", is_flag=True, help="What `punix service remove` would do instead.")
@click.option("--dry-run", is_flag=True, help="Compare with what dry runs deployed.")
@click.option(
    "--plan",
    "saved",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save it for `punix service apply FILE`.",
)
@options.vault
@options.with_roots
@options.output_format("text", "json")
@with_settings
def plan(  # noqa: PLR0913  # a command is called with its options
    stack: ModuleName,
    files: tuple[str, ...],
    remove: bool,
    dry_run: bool,
    saved: Path | None,
    vault: Path | None,
    roots: options.Roots,
    style: str,
    settings: Settings,
) -> None:
    """Show what a deploy of STACK would do, and why. Builds nothing and writes nothing."""
    if remove:
        _refuse_beside_remove("files", "saved")
    if dry_run:
        roots = for_dry_run(roots)
    place = target(stack, roots)
    if remove:
        closure, bundle = None, removal(_live(place))
    else:
        closure, bundle = _compiled(place, files, replace(settings, one_stack=stack))
    secrets = secret_source(vault, dry_run)
    baseline = read_baseline(place, bundle, secrets, load_backend(bundle.backend).secret)
    found = plan_for(bundle, baseline)
    if remove:
        found = replace(found, units=tuple(replace(one, reason=REMOVED) for one in found.units))
    check_seen(bundle, place)
    exposures = exposures_of(place, bundle, baseline.live, found)
    if style == "json":
        write_json(document(place, bundle, baseline, found, exposures))
    else:
        for line in lines(place, bundle, baseline, found, exposures):
            say(line, coloured)
    if saved is not None and closure is not None:
        with named_file(saved, 0o600) as file:  # URLs in it may have passwords
            file.write(seal(_saved(place, closure, bundle.home, baseline, found)))
        notice(f"saved: {saved}, for `punix service apply {saved}`")


def _refuse_beside_remove(*names: str) -> None:
    """Raise UsageError for an option that says something about a program."""
    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if given and option.name in names:
            raise click.UsageError(f"{option.opts[0]} and --remove do not go together")


def _compiled(place: Target, files: Sequence[str], settings: Settings) -> tuple[Closure, Bundle]:
    from ..compiling.pipeline import bundle_of, close  # a plan to remove compiles nothing
    from ..compiling.program import load_program

    closure = close(load_program(files, settings.scenario), settings)
    return closure, for_target(bundle_of(closure, place.stack), place)


def _live(place: Target) -> Manifest:
    """Return what a remove would take away. Raises ProgramError (E26, E27, E29)."""
    now = live(place)
    if now is None:
        raise ProgramError([Diagnostic(Code.E26, f"stack '{place.stack}' is not deployed here")])
    return now


def removal(now: Manifest) -> Bundle:
    """Return what is left of a stack that is removed."""
    return Bundle(
        stack=now.stack,
        backend=now.backend,
        scope=now.scope,
        scenario=now.scenario,
        program=now.source_hash,
        files=(),
        secret_files=(),
        units=(),
        shared_files=(),
        accounts=None,
        roots=(),
        declared=(),
        sources=(),
        home=now.home,
    )


def _saved(
    place: Target, closure: Closure, home: AbsPath | None, baseline: Baseline, found: Plan
) -> SavedPlan:
    return SavedPlan(
        plan=found,
        live=identity(baseline.live) if baseline.live else None,
        active=identity(baseline.active) if baseline.active else None,
        secrets=baseline.keyed(),
        store_root=place.store_root,
        deployments_root=place.deployments_root,
        transport_root=place.transport.root,
        home=home,
        closure=closure,
    )
