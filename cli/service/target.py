"""Which stack on which target a `service` command is about, and who asks.

In: the roots from the command line. Out: the runtime's `Target` and `Caller`.
"""

import functools
import os
import pwd
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

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
    "kept_from_gc",
    "scratch_root",
    "target",
    "tell_skipped",
    "with_target",
]

Command = TypeVar("Command", bound=Callable[..., Any])


def scratch_root(transport_root: RootPath | None, deployments_root: RootPath) -> RootPath:
    """Return the transport root of a dry run."""
    return transport_root or dry_run_root(deployments_root)


def target(
    stack: ModuleName,
    deployments_root: RootPath,
    store_root: RootPath,
    transport_root: RootPath | None,
) -> Target:
    """Return one stack on this machine, below the transport root if there is one."""
    transport = Local(transport_root or RootPath("/"))
    return Target(transport, deployments_root, store_root, stack)


def with_target(command: Command) -> Command:
    """`--store-root` and the other roots: with `options.stack` the command gets one `Target`."""

    @functools.wraps(command)
    def call(**values: Any) -> Any:
        names = ("stack", "deployments_root", "store_root", "transport_root")
        return command(place=target(*[values.pop(name) for name in names]), **values)

    return options.roots(cast(Command, call))


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
