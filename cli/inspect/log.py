"""`punix log`: what the last build of a package printed.

In: a name of a package, in any form that a person has at hand. Out: the output of its
last build on stdout, also of one that failed; on stderr when and how it ended.
"""

import sys
from datetime import UTC, datetime

import click

from ...ir.names import RootPath, StoreName
from ...ir.node import Frozen, frozen
from ...runtime.store.store import BuildTime, Store
from .. import options
from ..console import notice, write_json
from ..escapes import harmless
from .find_build import find_builds

__all__ = ["log"]


@frozen
class Told(Frozen):
    """A log, whole: when the build last wrote to it, and what of."""

    name: StoreName
    is_valid: bool
    written_at: str
    data: bytes


@click.command()
@click.argument("package", metavar="NAME")
@options.store_root
@options.output_format("text", "json")
def log(package: str, store_root: RootPath, style: str) -> None:
    """Show what the last build of a package printed.

    NAME is a store path, a name in the store or how its hash begins, a package or a module.
    """
    store = Store(store_root)
    name, *older = find_builds(package, store)
    found = _read(store, name)
    if style == "json":
        write_json(_document(found, store))
        return
    notice(f"{name}: {'built' if found.is_valid else 'not built'}, {found.written_at}")
    for other in older:
        notice(f"before that: {other}")
    is_read = sys.stdout.isatty()
    click.echo(harmless(found.data.decode("utf-8", "replace")) if is_read else found.data, nl=False)


def _read(store: Store, name: StoreName) -> Told:
    with store.log_path(name).open("rb") as file:
        data = file.read()
    written = datetime.fromtimestamp(store.log_path(name).stat().st_mtime, UTC)
    return Told(name, store.is_valid(name), written.strftime(BuildTime.FORMAT), data)


def _document(found: Told, store: Store) -> dict[str, object]:
    return {
        "version": 1,
        "name": found.name,
        "path": str(store.path(found.name)),
        "valid": found.is_valid,
        "log": str(store.log_path(found.name)),
        "written_at": found.written_at,
        "text": found.data.decode("utf-8", "replace"),
    }
