"""`punix compile`: show, store or resume any stage.

In: a program or a stored IR. Out: the stage that was asked for, on stdout. What
resumes from a stored stage gives the same bytes as what ran in one go.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import click

from ...ir.bundle import Bundle
from ...ir.codec import dumps, envelope
from ...ir.dump import render
from ...ir.node import Document
from ...ir.plan import Plan
from .. import options
from .pipeline import STAGES, advance
from .program import load_program, parse_only
from .settings import Settings, with_settings
from .stored import read_manifest, read_stored

__all__ = ["compile_"]


@click.command("compile")
@options.files
@click.option(
    "--from", "stored", type=click.Path(), metavar="IR", help="Go on from a stored stage."
)
@click.option("--emit", "stage", type=click.Choice(STAGES), default="derivation", show_default=True)
@options.output_format("json", "text", "dot", "mermaid")
@click.option(
    "--against", type=click.Path(), metavar="MANIFEST", help="For plan: what is deployed."
)
@options.one_stack
@options.watching
@with_settings
def compile_(
    files: tuple[str, ...],
    stored: str | None,
    stage: str,
    style: str,
    against: str | None,
    settings: Settings,
) -> None:
    """Show, store or resume any stage of the compiler.

    FILE is a program file or a folder of them; IR is what an earlier run
    printed as json or text.
    """
    if bool(files) and stored is not None:
        raise click.UsageError("give program files or --from, not both")
    if against is not None:
        settings = replace(settings, against=read_manifest(against))
    roots = _start(files, stored, stage, settings)
    here = roots[0].IR
    if here not in STAGES:
        raise click.UsageError(f"nothing is compiled from a {here}")
    if STAGES.index(here) > STAGES.index(stage):
        raise click.UsageError(f"'{stage}' comes before '{here}'")
    click.echo(_written(advance(roots, stage, settings), style), nl=False)


def _start(
    files: Sequence[str], stored: str | None, stage: str, settings: Settings
) -> Sequence[Document]:
    if stored is not None:
        return read_stored(stored)
    if stage == "ast":
        return [parse_only(files or (".",))]
    return [load_program(files or (".",), settings.scenario)]


def _written(roots: Sequence[Document], style: str) -> str:
    if style == "text":
        return "\n".join(render(envelope(root)) for root in roots)
    if style in ("dot", "mermaid"):
        return "\n".join(_drawn(root, style) for root in roots)
    if len(roots) == 1:
        return dumps(roots[0])
    named = {cast(Bundle | Plan, root).stack: envelope(root) for root in roots}
    return json.dumps(named, ensure_ascii=False, indent=1) + "\n"


def _drawn(root: Document, style: str) -> str:
    from ...passes.draw import draw  # only who asks for a picture pays for it

    return draw(root, style)
