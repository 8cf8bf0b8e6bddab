"""`punix opt` and `punix passes`: run passes on stored IR, and list them.

In: a pipeline as text and an IR. Out: the IR that the last pass makes.
"""

import json
import time

import click

from ...ir.codec import dumps, envelope
from ...ir.dump import render
from ...ir.program import Program
from ...passes.manager import Misfit, check_order, run
from ...passes.registry import BadRegistry, load_pass, registry, summary
from ...passes.spec import BadSpec, parse_spec
from .. import options
from .program import ask_disk
from .recipe_files import recipes
from .settings import Settings, with_settings
from .stored import read_stored

__all__ = ["opt", "passes"]


@click.command()
@click.argument("stored", type=click.Path(), metavar="IR")
@click.option(
    "--passes", "spec", required=True, metavar="SPEC", help="Such as 'dedup,prune{keep=A}'."
)
@options.output_format("json", "text")
@options.watching
@with_settings
def opt(stored: str, spec: str, style: str, settings: Settings) -> None:
    """Run passes on IR, a stored stage (`-`: standard input)."""
    given = {
        "system": settings.system,
        "bootstrap": settings.bootstrap,
        "recipes": recipes(),
    }
    [root, *more] = read_stored(stored)
    if more:
        raise click.UsageError("several IRs at once; give one")
    try:
        pipeline = parse_spec(spec, given)
        check_order(pipeline, root.IR)
    except (BadSpec, BadRegistry, Misfit) as problem:
        raise click.UsageError(str(problem)) from None
    if isinstance(root, Program):
        root = ask_disk(root)
    made = run(
        pipeline, root, verify=settings.verify_each, hook=settings.hook, clock=time.perf_counter
    )
    click.echo(dumps(made) if style == "json" else render(envelope(made)), nl=False)


@click.command()
@options.output_format("text", "json")
def passes(style: str) -> None:
    """List the passes: what each takes, makes and does."""
    try:
        kinds = [load_pass(name) for name in registry()]
    except BadRegistry as problem:
        raise click.ClickException(str(problem)) from None
    if style == "json":
        rows = [
            {"name": kind.name, "from": kind.src, "to": kind.dst, "doc": summary(kind)}
            for kind in kinds
        ]
        click.echo(json.dumps({"version": 1, "passes": rows}, indent=2))
        return
    for kind in kinds:
        click.echo(f"{kind.name:10} {kind.src:>10} → {kind.dst:10}  {summary(kind)}")
