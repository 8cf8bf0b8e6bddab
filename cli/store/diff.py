"""`punix store diff`: how two store paths differ.

In: two store paths. Out: changed files, and changes of the run-time closure, on stdout.
"""

from collections.abc import Iterable

import click

from ...ir.names import RootPath, StoreName
from ...runtime.files.difference import Difference, differences
from ...runtime.store.find import find
from ...runtime.store.relations import ClosureChange, changed_closure
from ...runtime.store.store import Store
from .. import options
from ..console import say, write_json
from .existing import existing, reading_trees

__all__ = ["diff"]

SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@click.command()
@click.argument("old")
@click.argument("new")
@options.store_root
@options.output_format("text", "json")
def diff(old: str, new: str, store_root: RootPath, style: str) -> None:
    """Say how store path NEW differs from OLD."""
    store = existing(store_root)
    first, second = find(store, old), find(store, new)
    with reading_trees():
        files = list(differences(store.path(first), store.path(second)))
    closure = changed_closure(store, first, second)
    if style == "json":
        write_json(_document(store, (first, second), files, closure))
        return
    for one in files:
        say(f"{SIGNS[one.what]} {one.path}{_how(one)}")
    click.echo(f"closure: {closure.before} path(s) → {closure.after} path(s)")
    for sign, names in (("+", closure.added), ("-", closure.removed)):
        for name in names:
            click.echo(f"  {sign} {store.path(name)}")


def _how(one: Difference) -> str:
    return f"  {one.how}" if one.what == "changed" else ""


def _document(
    store: Store,
    names: tuple[StoreName, StoreName],
    files: Iterable[Difference],
    closure: ClosureChange,
) -> dict[str, object]:
    return {
        "version": 1,
        "old": str(store.path(names[0])),
        "new": str(store.path(names[1])),
        "files": [{"what": one.what, "path": one.path, "how": one.how} for one in files],
        "closure": closure._asdict(),
    }
