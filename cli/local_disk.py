"""Refusing to keep data where locks and renames cannot be relied on.

In: a root that a command is about to write below. Out: nothing, or a `ProgramError` (E29).
"""

from pathlib import Path

import click

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..runtime.files.mounts import file_system, is_remote

__all__ = ["require_local", "unsafe_network_fs"]

unsafe_network_fs = click.option(
    "--unsafe-network-fs",
    is_flag=True,
    envvar="PUNIX_UNSAFE_NETWORK_FS",
    help="Allow roots on nfs, cifs and fuse, where a crash may lose what is promised.",
)


def require_local(*roots: Path) -> None:
    """Raise ProgramError with an E29 for each root that is on a network file system."""
    kinds = {root: file_system(root) for root in roots}
    problems = [
        Diagnostic(
            Code.E29,
            f"{root} is on {kind}, where locks and renames are not to be relied on",
            hint="take a folder on a disk of this machine, or give --unsafe-network-fs",
        )
        for root, kind in kinds.items()
        if is_remote(kind)
    ]
    if problems:
        raise ProgramError(problems)
