"""What a command made live, and the line of the history that keeps it.

In: the generation that is live now, and the one that was. Out: a `Outcome`; a line of the history.
"""

from ...ir.manifest import Manifest
from ...ir.node import Frozen, frozen
from ..deploy.paths.reconcile import Skipped
from ..deploy.records import history
from ..deploy.target.caller import Caller, rfc3339
from ..deploy.target.layout import Target
from ..units.activation import Failure

__all__ = ["Outcome", "remember"]


@frozen
class Outcome(Frozen):
    """The generation that became live, the one that was, and what was left as it is.

    `failure` says why its activation failed, and what is live in its place.
    """

    live: Manifest
    was: int | None
    skipped: tuple[Skipped, ...]
    failure: Failure | None = None


def remember(target: Target, caller: Caller, verb: str, done: Outcome) -> None:
    """Add a command that came to its end to the history of its stack."""
    at = rfc3339(caller.now())
    result = "activation failed" if done.failure else "ok"
    entry = history.Entry(at, caller.who, verb, done.was, done.live.generation, result)
    history.append(target, entry)
