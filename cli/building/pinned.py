"""Sources that may be others tomorrow: git tags and branches without the digest of a tree.

In: derivations, and which of them are wanted. Out: an E31 for each such source of what is
needed, which `--locked` raises; or, once they are built, a warning that says what each was.
"""

from collections.abc import Iterable, Iterator, Sequence

from ...ir.closure import Closure
from ...ir.derivation import Derivation, DerivationGraph
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.graph import closure
from ...ir.names import StoreName
from ...ir.package import COMMIT, FetchedSource
from ...runtime.store.store import Store

__all__ = ["refuse_unpinned", "unpinned"]


def refuse_unpinned(graph: DerivationGraph | Closure, wanted: Iterable[StoreName]) -> None:
    """Raise ProgramError for the sources of what is wanted and of all that this needs."""
    found = [
        Diagnostic(
            Code.E31,
            f"'{source.hash}' may be another commit tomorrow, which --locked refuses",
            source.hash_span,
            hint="build without --locked: a warning says which commit it is now",
        )
        for order in _needed(graph.derivations, wanted)
        for source in _named(order)
        if not source.is_pinned
    ]
    if found:
        raise ProgramError(found, graph.sources)


def unpinned(
    graph: DerivationGraph | Closure, wanted: Iterable[StoreName], store: Store
) -> Iterator[Diagnostic]:
    """Yield a warning for each such source of what is wanted, and of what that needs, if built."""
    for order in _needed(graph.derivations, wanted):
        named = _named(order)
        if all(source.is_pinned for source in named) or not store.is_valid(order.name):
            continue
        for source, commit in zip(named, store.entry(order.name).commits, strict=False):
            if not source.is_pinned:
                message = f"'{source.hash}' may be another commit tomorrow"
                hint = f'this is built from {commit}: write hash = "{commit}"'
                yield Diagnostic(Code.E31, message, source.hash_span, (), hint, "warning")


def _named(order: Derivation) -> list[FetchedSource]:
    """Return the sources whose commit is not in the program: those that an entry's facts have."""
    return [
        source
        for source in (order.source, order.vendor)
        if isinstance(source, FetchedSource)
        and source.type == "git"
        and not COMMIT.fullmatch(source.hash)
    ]


def _needed(derivations: Sequence[Derivation], wanted: Iterable[StoreName]) -> Iterator[Derivation]:
    orders = {order.name: order for order in derivations}
    needed = closure({name: order.inputs for name, order in orders.items()}, wanted)
    return (order for name, order in orders.items() if name in needed)
