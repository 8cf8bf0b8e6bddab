"""`punix service verify`: whether what is deployed still lies as it was deployed.

In: the name of a stack. Out: what differs, on stdout; nothing changes but what an interrupted
command left, and with `--fix` what was changed by hand.
"""

from collections.abc import Iterator
from functools import partial

import click

from ...ir.names import StoreName
from ...runtime.deploy.paths.drift import Drift
from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.deploy.transaction.verify import Verified, verify_and_repair
from ...runtime.deploy.transaction.verify import verify as verify_only
from ...runtime.store.store import Store
from .. import options
from ..console import write_json
from ..exit_codes import DIFFERS
from .target import caller, with_target

__all__ = ["verify"]


@click.command()
@options.stack
@click.option("--deep", is_flag=True, help="Read every byte of the store paths that it uses.")
@click.option("--fix", is_flag=True, help="Put back what differs; what was there is kept aside.")
@with_target
@options.wait
@options.output_format("text", "json")
def verify(
    place: Target,
    deep: bool,
    fix: bool,
    wait: float | None,
    style: str,
) -> int:
    """Compare the machine with the live generation of STACK."""
    fault = partial(_damage, Store(place.store_root)) if deep else None
    compare = verify_and_repair if fix else verify_only
    found = compare(place, caller(place.store_root, wait), fault)
    if style == "json":
        write_json(_document(place, found))
    else:
        click.echo(_as_text(place, found))
    return DIFFERS if any(not drift.fixed for drift in found.drifts) else 0


def _damage(store: Store, name: StoreName) -> str | None:
    """Say what is wrong with a store path, down to its bytes."""
    from ...runtime.store.verify import verify_entry  # it reads trees, which few commands do

    if not store.is_valid(name):
        return "is gone or not valid"
    return next((fault.message for fault in verify_entry(store, name, deep=True)), None)


def _as_text(place: Target, found: Verified) -> str:
    lines = [line for drift in found.drifts for line in _told(drift)]
    lines += [f"{path}: a drop-in of somebody else, which stays" for path in found.drop_ins]
    left = sum(not drift.fixed for drift in found.drifts)
    state = f"{left} difference(s)" if left else "as deployed"
    lines.append(f"{place.stack} {generation_name(found.generation)}: {state}")
    if found.unsettled:
        lines.append(found.unsettled)
    return "\n".join(lines)


def _told(drift: Drift) -> Iterator[str]:
    mended = "mended: " if drift.fixed else ""
    kept = f" (kept as {drift.moved})" if drift.moved else ""
    yield f"{drift.path}: {mended}{drift.message}{kept}"
    if not drift.fixed:
        yield f"  {drift.remedy}"


def _document(place: Target, found: Verified) -> dict[str, object]:
    return {
        "version": 1,
        "stack": place.stack,
        "generation": found.generation,
        "unsettled": found.unsettled,
        "drop_ins": list(found.drop_ins),
        "differences": [
            {
                "path": drift.path,
                "what": drift.what,
                "message": drift.message,
                "remedy": drift.remedy,
                "fixed": drift.fixed,
                "kept": drift.moved,
            }
            for drift in found.drifts
        ],
    }
