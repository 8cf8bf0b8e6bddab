"""`punix store refs`, `referrers`, `closure` and `why-depends`: how store paths hang together.

In: store paths. Out: what they mention, on stdout: as lines, JSON or a picture in dot.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import click

from ...ir.names import RootPath, StoreName
from ...passes.draw import draw_entries
from ...runtime.store.build_records import recorded
from ...runtime.store.find import find, find_all
from ...runtime.store.index import open_index
from ...runtime.store.relations import Link, chain, graph
from ...runtime.store.store import Store
from .. import options
from ..console import notice, say, write_json
from .existing import existing, reading_trees

__all__ = ["closure", "referrers", "refs", "why_depends"]

NO_DEPENDENCY = 1


@click.command()
@click.argument("path")
@options.store_root
@options.output_format("text", "json", "dot")
def refs(path: str, store_root: RootPath, style: str) -> None:
    """List what PATH mentions."""
    store = existing(store_root)
    name = find(store, path)
    found = store.references(name)
    if style == "dot":
        click.echo(draw_entries({name: found, **dict.fromkeys(found, ())}), nl=False)
        return
    _show(store, name, "references", found, style)


@click.command()
@click.argument("path")
@options.store_root
@options.output_format("text", "json", "dot")
def referrers(path: str, store_root: RootPath, style: str) -> None:
    """List the store paths that mention PATH."""
    store = existing(store_root)
    name = find(store, path)
    with open_index(store) as index:
        found = index.referrers(name)
    if style == "dot":
        click.echo(draw_entries({**dict.fromkeys(found, (name,)), name: ()}), nl=False)
        return
    _show(store, name, "referrers", found, style)


def _show(
    store: Store, name: StoreName, label: str, found: Sequence[StoreName], style: str
) -> None:
    paths = [str(store.path(one)) for one in found]
    if style == "json":
        write_json({"version": 1, "path": str(store.path(name)), label: paths})
        return
    for path in paths:
        click.echo(path)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--runtime/--build",
    "at_runtime",
    default=True,
    help="What it needs when it runs (default), or all that it was built from.",
)
@options.store_root
@options.output_format("text", "json", "dot")
def closure(paths: tuple[str, ...], at_runtime: bool, store_root: RootPath, style: str) -> None:
    """List PATH and everything that it needs: what it mentions, and so on.

    With --build, what it was built from, and what that was built from; of these paths some
    may not be in the store any more.
    """
    store = existing(store_root)
    roots = find_all(store, paths)
    found = graph(roots, store.references if at_runtime else partial(_built_from, store))
    if style == "dot":
        click.echo(draw_entries(found), nl=False)
    elif style == "json":
        write_json(
            {
                "version": 1,
                "closure": "runtime" if at_runtime else "build",
                "roots": [str(store.path(name)) for name in roots],
                "paths": _as_json(store, found),
            }
        )
    else:
        for name in found:
            click.echo(store.path(name))


def _built_from(store: Store, name: StoreName) -> Sequence[StoreName]:
    """Return what an entry was built from; of one that was not built here, what it mentions."""
    order = recorded(store, name)
    if order is not None:
        return order.inputs
    notice(f"warning: {store.path(name)} was not built here, or it is not kept how")
    return store.references(name) if store.meta_path(name).exists() else ()


def _as_json(
    store: Store, found: Mapping[StoreName, Sequence[StoreName]]
) -> list[dict[str, object]]:
    return [
        {"path": str(store.path(name)), "uses": [str(store.path(one)) for one in used]}
        for name, used in found.items()
    ]


@click.command("why-depends")
@click.argument("user")
@click.argument("used")
@options.store_root
@options.output_format("text", "json")
def why_depends(user: str, used: str, store_root: RootPath, style: str) -> int:
    """Show a shortest chain of mentions from store path USER to USED, and the files in it."""
    store = existing(store_root)
    names = find_all(store, [user, used])
    first, last = names[0], names[-1]  # they may be one
    with reading_trees():
        links = chain(store, first, last)
    if style == "json":
        facts = None if links is None else [_link_facts(store, link) for link in links]
        write_json({"version": 1, "from": first, "to": last, "chain": facts})
    elif links is not None:
        click.echo(store.path(first))
        for link in links:
            say(f"  {link.place or 'no file any more'} mentions")
            click.echo(store.path(link.used))
    if links is None:
        notice(f"{store.path(first)} does not depend on {store.path(last)}")
    return NO_DEPENDENCY if links is None else 0


def _link_facts(store: Store, link: Link) -> dict[str, object]:
    return {
        "path": str(store.path(link.user)),
        "uses": str(store.path(link.used)),
        "place": link.place,
    }
