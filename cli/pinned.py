"""`--locked`: only what will be the same tomorrow is built.

In: derivations, and which of them are wanted. Out: nothing, or an E31 for each source that
names a tag or branch of git and no tree.
"""

from collections.abc import Iterable, Iterator, Sequence

from ..ir.derivation import Derivation
from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import StoreName
from ..ir.package import FetchedSource

__all__ = ["refuse_unpinned"]


def refuse_unpinned(derivations: Sequence[Derivation], wanted: Iterable[StoreName]) -> None:
    """Raise ProgramError for the sources of what is wanted and of all that this needs."""
    found = [
        Diagnostic(
            Code.E31,
            f"'{source.hash}' may be another commit tomorrow, which --locked refuses",
            source.hash_span,
            hint="build without --locked: a warning says which commit it is now",
        )
        for order in _needed(derivations, wanted)
        for source in (order.source, order.vendor)
        if isinstance(source, FetchedSource) and not source.is_pinned
    ]
    if found:
        raise ProgramError(found)


def _needed(derivations: Sequence[Derivation], wanted: Iterable[StoreName]) -> Iterator[Derivation]:
    left = {order.name: order for order in derivations}
    waiting = list(wanted)
    while waiting:
        order = left.pop(waiting.pop(), None)
        if order is not None:
            waiting.extend(order.inputs)
            yield order
