"""`punix store export` and `import`: closures that go from one store to another.

In: store paths, or an archive. Out: an archive, or valid store paths.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from ...ir.names import RootPath
from ...runtime.files.fs import named_file
from ...runtime.store.exchange import Taken, export_entries, import_entries
from ...runtime.store.find import find_all
from ...runtime.store.store import Entry, Store
from .. import options
from ..console import notice, tell_waiting, write_json
from ..local_disk import require_local, unsafe_network_fs
from .existing import existing, kept_from_gc

__all__ = ["export", "import_"]


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write here, not to stdout."
)
@options.store_root
@options.output_format("text", "json")
def export(paths: tuple[str, ...], output: str | None, store_root: RootPath, style: str) -> None:
    """Write each PATH and all that it needs into one archive."""
    store = existing(store_root)
    if output is None and sys.stdout.isatty():
        raise click.UsageError("an archive is nothing for a terminal: give --output")
    with kept_from_gc(store):
        roots = find_all(store, paths)
        if output is None:
            export_entries(store, roots, sys.stdout.buffer)
            return
        with named_file(Path(output)) as file:
            entries = export_entries(store, roots, file)
    _tell_export(output, store, entries, style)


def _tell_export(output: str, store: Store, entries: Sequence[Entry], style: str) -> None:
    size = sum(entry.size for entry in entries)
    if style == "json":
        paths = [str(store.path(entry.name)) for entry in entries]
        write_json({"version": 1, "file": output, "paths": paths, "bytes": size})
    else:
        click.echo(f"{output}: {len(entries)} path(s), {size} bytes")


@click.command("import")
@click.argument("file", type=click.Path())
@options.store_root
@unsafe_network_fs
@options.output_format("text", "json")
def import_(file: str, store_root: RootPath, unsafe_network_fs: bool, style: str) -> None:
    """Take the store paths of an archive into the store; `-` is standard input."""
    store = Store(store_root)
    if not unsafe_network_fs:
        require_local(Path(store_root))
    with _opened(file) as source:
        store.create()
        with store.using(waiting=tell_waiting):
            taken = []
            for one in import_entries(store, source, _warn):
                taken.append(one)
                if style == "text" and one.is_new:
                    click.echo(store.path(one.name))
    if style == "json":
        write_json({"version": 1, "paths": [_facts(store, one) for one in taken]})
        return
    new = sum(one.is_new for one in taken)
    click.echo(f"{len(taken)} path(s): {new} new, {len(taken) - new} there already")


def _warn(sentence: str) -> None:
    notice(f"warning: {sentence}")


def _facts(store: Store, one: Taken) -> dict[str, object]:
    return {"path": str(store.path(one.name)), "new": one.is_new}


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with open(file, "rb") as source:
        yield source
