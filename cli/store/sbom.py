"""`punix store sbom`: the bill of materials of a store path.

In: a store path. Out: a document on stdout that names all that the path needs at run time.
"""

import click

from ...ir.names import RootPath
from ...runtime.store.find import find
from .. import options
from .bill import bill_of
from .cyclonedx import cyclonedx
from .existing import existing
from .spdx import spdx

__all__ = ["sbom"]

WRITERS = {"cyclonedx": cyclonedx, "spdx": spdx}


@click.command()
@click.argument("path")
@options.store_root
@options.output_format(*WRITERS)
def sbom(path: str, store_root: RootPath, style: str) -> None:
    """Write the bill of materials of PATH and all that it needs at run time."""
    store = existing(store_root)
    click.echo(WRITERS[style](bill_of(store, find(store, path))), nl=False)
