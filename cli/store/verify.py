"""`punix store verify`: whether the store is what its facts say.

In: a store. Out: faults on stdout, and exit code 5 if there are any.
"""

import click

from ...ir.names import RootPath
from ...runtime.store.verify import Fault
from ...runtime.store.verify import verify as look
from .. import options
from ..console import row, write_json
from ..exit_codes import DIFFERS
from .existing import existing, kept_from_gc

__all__ = ["verify"]


@click.command()
@click.option("--deep", is_flag=True, help="Read every byte, and compare digests.")
@options.store_root
@options.output_format("text", "json")
def verify(deep: bool, store_root: RootPath, style: str) -> int:
    """Find what is damaged: in the store, in facts, in trees."""
    store = existing(store_root)
    faults = []
    with kept_from_gc(store):
        for fault in look(store, deep=deep):
            faults.append(fault)
            if style == "text":
                click.echo(row(fault.kind, fault.path, fault.message))
        count = len(store.names())
    if style == "json":
        facts = [_facts(fault) for fault in faults]
        write_json({"version": 1, "root": store.root, "paths": count, "faults": facts})
    else:
        click.echo(f"{store.root}: {count} path(s), {len(faults)} fault(s)")
    return DIFFERS if faults else 0


def _facts(fault: Fault) -> dict[str, object]:
    return {
        "kind": fault.kind,
        "name": fault.name,
        "path": str(fault.path),
        "message": fault.message,
    }
