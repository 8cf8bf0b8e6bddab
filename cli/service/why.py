"""`punix service why`: which recipe, line and digest produced a deployed file.

In: the name of a stack and a path: of a file that it deployed, or of a package that it pins.
Out: for the file the line of the program and its sha256, for each package the recipe and the
digests of derivation and output. The program is not read.
"""

from typing import Any

import click

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import ModuleName, StoreName
from ...ir.text import StorePath
from ...runtime.deploy.records.owner import Owner
from ...runtime.deploy.target.layout import generation_name
from ...runtime.deploy.transaction.listing import show
from ...runtime.store.build_records import recorded
from ...runtime.store.find import find
from ...runtime.store.store import Store
from .. import options
from ..console import notice, say, write_json
from ..deployed import deployed_file
from .target import target

__all__ = ["why"]


@click.command()
@options.stack
@click.argument("path")
@options.with_roots
@options.output_format("text", "json")
def why(stack: ModuleName, path: str, roots: options.Roots, style: str) -> None:
    """Say which recipe, line and digest produced a file of STACK, or a package that it uses."""
    store = Store(roots.store_root)
    if _in_store(path, store):
        place = target(stack, roots)
        document = _of_package(show(place, None, notice), find(store, path), store)
    else:
        found = deployed_file(path, roots)
        document = _of_file(_same_stack(found, stack, path), store)
    if style == "json":
        write_json({"version": 1, "stack": stack, **document})
        return
    for line in _lines(document):
        say(line)


def _in_store(path: str, store: Store) -> bool:
    return path.startswith(f"{store.root.rstrip('/')}/")


def _same_stack(found: Owner, stack: ModuleName, path: str) -> Owner:
    if found.manifest.stack != stack:
        message = f"'{path}' is a file of stack '{found.manifest.stack}'"
        hint = f"punix service why {found.manifest.stack} {path}"
        raise ProgramError([Diagnostic(Code.E26, message, hint=hint)])
    return found


def _of_file(found: Owner, store: Store) -> dict[str, Any]:
    manifest, file = found.manifest, found.file
    entries = found.bundle.files if found.bundle else ()
    texts = [entry.text for entry in entries if entry.path == file.path]
    names = {part.name for text in texts for part in text if isinstance(part, StorePath)}
    return {
        "path": file.path,
        "generation": manifest.generation,
        "source": file.source,
        "sha256": file.sha256,
        "changed": found.changed,
        "packages": [_package(name, store) for name in sorted(names)],
    }


def _of_package(manifest: Manifest, name: StoreName, store: Store) -> dict[str, Any]:
    if name not in manifest.store_paths:
        shown = generation_name(manifest.generation)
        message = f"{shown} of stack '{manifest.stack}' does not use '{name}'"
        raise ProgramError([Diagnostic(Code.E26, message)])
    users = [unit.service for unit in manifest.units if name in unit.packages]
    return {
        "path": str(store.path(name)),
        "generation": manifest.generation,
        "services": users,
        "packages": [_package(name, store)],
    }


def _package(name: StoreName, store: Store) -> dict[str, Any]:
    """Tell what a package is made by; what is not known here, because it was not built here."""
    if not store.is_valid(name):
        return {"name": name, "valid": False}
    entry, order = store.entry(name), recorded(store, name)
    return {
        "name": name,
        "valid": True,
        "recipe": f"{order.recipe} {order.recipe_version}" if order else None,
        "source": f"{order.span.file}" if order else None,
        "deriver": entry.deriver,
        "output": entry.output,
        "built_at": entry.built_at,
    }


def _lines(document: dict[str, Any]) -> list[str]:
    rows = [document["path"], f"  generation  {generation_name(document['generation'])}"]
    if "sha256" in document:
        changed = ", and the file is not as it was deployed" if document["changed"] else ""
        rows.append(f"  written by  {document['source']}")
        rows.append(f"  sha256      {document['sha256']}{changed}")
    elif document["services"]:
        rows.append(f"  used by     {', '.join(document['services'])}")
    for one in document["packages"]:
        rows.append(f"  package     {one['name']}")
        if not one["valid"]:
            rows.append("    is not in the store")
            continue
        rows.append(f"    recipe      {one['recipe'] or 'not built here'}")
        rows.append(f"    derivation  {one['deriver']}")
        rows.append(f"    output      {one['output']}, built {one['built_at']}")
    return rows
