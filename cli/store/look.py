"""`punix store info` and `ls`: what a store holds.

In: a store root. Out: facts on stdout.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import click

from ...ir.names import RootPath
from ...runtime.files.walk import walk
from ...runtime.store.find import find
from ...runtime.store.index import open_index
from ...runtime.store.store import Store
from .. import options
from ..console import notice, say, write_json
from .existing import existing, reading_trees

__all__ = ["info", "ls"]


@click.command()
@options.store_root
@options.output_format("text", "json")
def info(store_root: RootPath, style: str) -> None:
    """Say where the store is, and how much it holds."""
    with open_index(existing(store_root)) as index:
        count, size = index.totals()
    if style == "json":
        write_json({"version": 2, "root": store_root, "paths": count, "bytes": size})
        return
    click.echo(f"{store_root}: {count} path(s), {size} bytes")


@click.command()
@click.argument("path", required=False)
@options.store_root
@options.output_format("text", "json")
def ls(path: str | None, store_root: RootPath, style: str) -> None:
    """List the store paths, or the files of PATH."""
    if path is None:
        _entries(existing(store_root), style)
    else:
        _files(existing(store_root), path, style)


def _entries(store: Store, style: str) -> None:
    with open_index(store) as index:
        found = index.holdings()
    if style == "json":
        paths = [one._asdict() | {"path": str(store.path(one.name))} for one in found]
        write_json({"version": 1, "root": store.root, "paths": paths})
        return
    for one in found:
        click.echo(f"{one.size:>12}  {one.built_at}  {store.path(one.name)}")
    if not found:
        notice(f"{store.root} holds no paths")


def _files(store: Store, path: str, style: str) -> None:
    name = find(store, path)
    with reading_trees():
        found = list(_described(store.path(name)))
    files = sorted(found, key=lambda file: os.fsencode(str(file["path"])))
    if style == "json":
        write_json({"version": 1, "path": str(store.path(name)), "files": files})
        return
    for file in files:
        target = f" -> {file['target']}" if "target" in file else ""
        say(f"{LETTERS[str(file['type'])]} {file['size']:>12}  {file['path']}{target}")


LETTERS = {"folder": "d", "file": "-", "executable": "x", "link": "l"}


def _described(tree: Path) -> Iterator[dict[str, object]]:
    """Yield type, size in bytes and path of everything below a folder, and where links lead."""
    for found in walk(tree):
        status = found.entry.stat(follow_symlinks=False)
        facts = {"path": found.path, "size": status.st_size}
        if found.is_folder:
            yield {"type": "folder", **facts, "size": 0}
        elif stat.S_ISLNK(status.st_mode):
            target = os.readlink(found.entry.name, dir_fd=found.folder)
            yield {"type": "link", **facts, "target": target}
        else:
            runs = status.st_mode & stat.S_IXUSR
            yield {"type": "executable" if runs else "file", **facts}
