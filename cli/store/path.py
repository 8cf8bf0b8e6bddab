"""`punix store path`: where a package of a program is, or would be.

In: a program and a module. Out: a store path on stdout; nothing is built or created.
"""

import click

from ...ir.names import RootPath
from ...runtime.store.store import Store
from .. import options
from ..compiling.pipeline import lower, packages_of, refuse_seeds, wanted_names
from ..compiling.program import load_program
from ..compiling.settings import Settings, with_settings

__all__ = ["path"]


@click.command()
@click.argument("file", type=click.Path())
@click.argument("module")
@options.store_root
@with_settings
def path(file: str, module: str, store_root: RootPath, settings: Settings) -> None:
    """Say which store path the package of MODULE has; builds and creates nothing."""
    lowered = lower(load_program([file], settings.scenario), settings)
    names = wanted_names(packages_of(lowered, settings), [module])
    refuse_seeds(lowered, names)
    for name in names.values():
        click.echo(Store(store_root).path(name))
