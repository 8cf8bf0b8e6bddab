"""`punix store info` and `refs`: what a store holds, and what its entries mention.

In: a store root. Out: facts on stdout.
"""

import json
from pathlib import Path

import click

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import BadName, RootPath, StoreName
from ...runtime.store.store import Store
from .. import options

__all__ = ["info", "refs"]


@click.command()
@options.store_root
@options.output_format("text", "json")
def info(store_root: RootPath, style: str) -> None:
    """Say where the store is and what it holds."""
    names = Store(store_root).names()
    if style == "json":
        click.echo(json.dumps({"version": 1, "root": store_root, "paths": names}, indent=2))
        return
    click.echo(f"{store_root}: {len(names)} path(s)")


@click.command()
@click.argument("path")
@options.store_root
@options.output_format("text", "json")
def refs(path: str, store_root: RootPath, style: str) -> None:
    """List what a store path refers to."""
    store = Store(store_root)
    try:
        name = StoreName(Path(path).name)
        found = [str(store.path(entry)) for entry in store.references(name)]
    except (BadName, FileNotFoundError):
        raise ProgramError([_no_path(path, store)]) from None
    if style == "json":
        click.echo(json.dumps({"version": 1, "path": path, "references": found}, indent=2))
        return
    for line in found:
        click.echo(line)


def _no_path(path: str, store: Store) -> Diagnostic:
    return Diagnostic(Code.E26, f"no valid path '{path}' in {store.root}")
