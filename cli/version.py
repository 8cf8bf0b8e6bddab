"""`punix version`: say which punix this is."""

import click

from .. import __version__

__all__ = ["version"]


@click.command()
def version() -> None:
    """Say which punix this is."""
    click.echo(f"punix {__version__}")
