"""From derivations to valid store entries.

In: the derivations of a closure, a store, a sandbox. Out: one `Result` for each
derivation that was wanted or had to be built; failures are values.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ...ir.derivation import Derivation
from ...ir.names import StoreName
from ..store.store import Store
from .policy import BuildPolicy
from .result import Event, Result

__all__ = ["realise"]


def realise(
    derivations: Sequence[Derivation],
    wanted: Iterable[StoreName],
    store: Store,
    policy: BuildPolicy,
    events: Callable[[Event], None],
) -> list[Result]:
    """Make what is wanted valid; hold `store.using()` around it.

    What is valid is not touched, and what only that needs is neither. `events` is
    called from several threads. Results are in the order of `derivations`.
    Raises ProgramError: before any build starts E31 for sources that cannot be fetched
    and E29 for a store that cannot be made; E30 as soon as the sandbox cannot run.
    """
    by_name = {order.name: order for order in derivations}
    needs, cached = _missing(by_name, store, wanted)
    found = {name: Result(by_name[name].module, name, "cached") for name in cached}
    if needs:
        from .batch import build_all  # threads and processes: only who builds pays

        found |= build_all(by_name, needs, store, policy, events)
    return [found[name] for name in by_name if name in found]


def _missing(
    by_name: Mapping[StoreName, Derivation], store: Store, wanted: Iterable[StoreName]
) -> tuple[dict[StoreName, list[StoreName]], list[StoreName]]:
    """Return what to build, with what is built before it, and what is valid.

    What is valid may mention what no longer is, once that was found damaged: it is built too.
    """
    valid: dict[StoreName, bool] = {}
    uses: dict[StoreName, Sequence[StoreName]] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in valid:
            valid[name] = store.is_valid(name)
            uses[name] = store.references(name) if valid[name] else by_name[name].inputs
            waiting.extend(uses[name])
    build = [name for name in by_name if not valid.get(name, True)]
    needs = {name: _awaited(name, valid, uses) for name in build}
    return needs, [name for name in by_name if valid.get(name)]


def _awaited(
    name: StoreName,
    valid: Mapping[StoreName, bool],
    uses: Mapping[StoreName, Sequence[StoreName]],
) -> list[StoreName]:
    """Return what is not valid of what an entry uses, and of all that this mentions, sorted."""
    found = set(uses[name])
    waiting = list(found)
    for one in waiting:
        fresh = set(uses[one]) - found if valid.get(one) else set()
        found |= fresh
        waiting.extend(fresh)
    return sorted(one for one in found if not valid.get(one, True))
