"""Which stack on which target a `service` command is about, and who asks.

In: the roots from the command line. Out: the runtime's `Target` and `Caller`.
"""

import functools
import os
import pwd
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ... import __version__
from ...ir.names import ModuleName, RootPath
from ...runtime.deploy.paths.reconcile import Skipped
from ...runtime.deploy.target.caller import Caller
from ...runtime.deploy.target.layout import Target, dry_run_root
from ...runtime.deploy.target.local import Local
from ...runtime.store.deployments_roots import register_root
from ...runtime.store.store import Store
from .. import options
from ..console import notice
from ..in_use import in_use

__all__ = [
    "caller",
    "deployments_folder",
    "for_dry_run",
    "kept_from_gc",
    "target",
    "tell_skipped",
    "with_target",
]


def for_dry_run(roots: options.Roots) -> options.Roots:
    """Return the roots of a dry run: without a transport root, it has one of its own."""
    scratch = roots.transport_root or dry_run_root(roots.deployments_root)
    return replace(roots, transport_root=scratch)


def target(stack: ModuleName, roots: options.Roots) -> Target:
    """Return one stack on this machine, below the transport root if there is one."""
    transport = Local(roots.transport_root or RootPath("/"))
    return Target(transport, roots.deployments_root, roots.store_root, stack)


def with_target(command: options.Function) -> options.Function:
    """Let a command, which has `options.stack`, get one `Target` by the options of all roots."""

    @functools.wraps(command)
    def call(stack: ModuleName, roots: options.Roots, **values: Any) -> Any:
        return command(place=target(stack, roots), **values)

    return options.with_roots(call)


def deployments_folder(place: Target) -> Path:
    """Return where the deployments root of a target on this machine really lies."""
    return Path(f"{place.transport.root.rstrip('/')}{place.deployments_root}")


@contextmanager
def kept_from_gc(place: Target, wait: float | None) -> Iterator[None]:
    """Keep gc away from what a generation pins while it becomes live, and after; see `in_use`.

    The deployments root is registered once more: it may have been away, on a
    file system that was not mounted, when gc looked for it.
    """
    store, folder = Store(place.store_root), deployments_folder(place)
    if not store.inner(".roots").is_dir() or not folder.is_dir():
        yield  # there is nothing to keep; what is missing is told by whoever needs it
        return
    with in_use(store, wait):
        register_root(store, folder)
        yield


def caller(store_root: RootPath, wait: float | None) -> Caller:
    """Return who asks, and what the runtime may need to know of us."""
    return Caller(
        who=_who(),
        tool=f"punix {__version__}",
        clock=lambda: datetime.now(UTC),
        is_valid=Store(store_root).is_valid,
        notice=notice,
        wait=wait,
    )


def _who() -> str:
    uid = os.getuid()
    behind = os.environ.get("SUDO_USER")
    try:
        name = behind or pwd.getpwuid(uid).pw_name
    except KeyError:  # a user without an entry, as in some containers
        return f"uid {uid}"
    return f"uid {uid} ({name})"


def tell_skipped(skipped: Iterable[Skipped]) -> None:
    """Say which paths were left as they are because they are not ours."""
    for path, reason in skipped:
        click.echo(f"warning: {path} was left as it is: {reason}", err=True)
