"""`punix store roots`, `pin`, `unpin`, `forget`: what keeps store paths.

In: a store, deployments roots, a path. Out: what keeps it, and through which paths.
"""

from pathlib import Path

import click

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import BadName, RootPath
from ...runtime.store.deployments_roots import forget_root
from ...runtime.store.find import find
from ...runtime.store.gc import references
from ...runtime.store.gc_roots import find_gc_roots
from ...runtime.store.mark import Chain, Root, chains
from ...runtime.store.pins import PinName
from ...runtime.store.pins import pin as make_pin
from ...runtime.store.pins import unpin as remove_pin
from ...runtime.store.store import Store
from .. import options
from ..console import notice, tell_waiting, write_json
from .existing import existing

__all__ = ["forget", "pin", "roots", "tell_unseen", "unpin"]


@click.command()
@click.argument("path", required=False)
@options.store_root
@options.deployments_root
@options.output_format("text", "json")
def roots(path: str | None, store_root: RootPath, deployments_root: RootPath, style: str) -> None:
    """Say what keeps PATH, or everything that keeps anything.

    For PATH each root comes with the way from it to PATH.
    """
    store = existing(store_root)
    name = None if path is None else find(store, path)
    gc_roots = find_gc_roots(store, [Path(deployments_root)])
    tell_unseen(gc_roots.unseen)
    if name is None:
        found = [Chain(root, (root.name,)) for root in sorted(gc_roots.roots)]
    else:
        found = chains(references(store), gc_roots.roots, name)
    if style == "json":
        write_json(_document(store, found, gc_roots.unseen))
        return
    for chain in found:
        click.echo(f"{chain.root.kind}\t{chain.root.where}\t{' → '.join(chain.names)}")
    if not found:
        notice("nothing keeps it" if name else "nothing keeps anything")


def _document(store: Store, found: list[Chain], unseen: int) -> dict[str, object]:
    return {
        "version": 1,
        "store_root": store.root,
        "roots": [_root(chain.root) | {"chain": list(chain.names)} for chain in found],
        "unseen_processes": unseen,
    }


def _root(root: Root) -> dict[str, object]:
    return {"kind": root.kind, "where": root.where, "name": root.name}


@click.command()
@click.argument("path")
@click.option("--name", metavar="NAME", help="What to call the pin (default: as the store path).")
@options.store_root
def pin(path: str, name: str | None, store_root: RootPath) -> None:
    """Keep PATH in the store until it is unpinned."""
    store = existing(store_root)
    find(store, path)
    with store.using(waiting=tell_waiting):
        entry = find(store, path)
        label = _pin_name(entry if name is None else name)
        make_pin(store, label, entry)
    click.echo(f"pinned: {label} → {store.path(entry)}")


@click.command()
@click.argument("name")
@options.store_root
def unpin(name: str, store_root: RootPath) -> None:
    """Keep what the pin NAME keeps no longer."""
    label = _pin_name(name)
    try:
        remove_pin(existing(store_root), label)
    except FileNotFoundError:
        hint = "`punix store roots` lists them"
        raise ProgramError([Diagnostic(Code.E26, f"no pin '{name}'", hint=hint)]) from None
    click.echo(f"unpinned: {label}")


@click.command()
@click.argument("folder", metavar="DIR")
@options.store_root
def forget(folder: str, store_root: RootPath) -> None:
    """Forget the deployments root DIR, which is gone for good, and what it pins."""
    forget_root(existing(store_root), Path(folder))
    click.echo(f"forgotten: {Path(folder).absolute()}")


def _pin_name(text: str) -> PinName:
    try:
        return PinName(text)
    except BadName as problem:
        raise click.BadParameter(str(problem)) from None


def tell_unseen(count: int) -> None:
    """Say that some processes could not be looked at, so that what they use may go."""
    if count:
        notice(f"note: {count} process(es) may not be looked at; what they alone use may go")
