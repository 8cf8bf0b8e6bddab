"""Building a second time, to learn whether the same comes of it.

In: derivations whose entries are valid. Out: one `Result` for each: `reproducible`, or a
failure that names the first difference. The entries stay as they are.
"""

from collections.abc import Callable, Iterable, Sequence

from ...ir.derivation import Derivation
from ...ir.names import StoreName
from ..files.difference import first_difference
from ..store.store import Store
from .batch import build_all
from .builder import Builder
from .policy import BuildPolicy
from .result import BuildFailed, Event, Result, Status, Teller

__all__ = ["Rebuilder", "rebuild"]


def rebuild(
    derivations: Sequence[Derivation],
    wanted: Iterable[StoreName],
    store: Store,
    policy: BuildPolicy,
    events: Callable[[Event], None],
) -> list[Result]:
    """Build each wanted entry again, beside itself, and compare.

    Wanted entries and their inputs are valid, and the sandbox is a private one. All else, and
    what is raised, is as `realise` has it.
    """
    by_name = {order.name: order for order in derivations}
    needs: dict[StoreName, Sequence[StoreName]] = dict.fromkeys(wanted, ())
    found = build_all(by_name, needs, store, policy, events, Rebuilder)
    return [found[name] for name in by_name if name in found]


class Rebuilder(Builder):
    """Makes entries that are there already, and compares."""

    def build(self, order: Derivation, tell: Teller) -> Status:
        """Build beside the entry and return `reproducible`; BuildFailed if it is not."""
        with self.locked(order.name, tell) as lock:
            self.store.clear(order.name)
            try:
                self._compare(order, lock, tell)
            except BaseException:
                if not self.policy.keep_failed:
                    self.store.clear(order.name)
                raise
            self.store.clear(order.name)
        return "reproducible"

    def _compare(self, order: Derivation, lock: int, tell: Teller) -> None:
        inputs = self.store.closure(order.inputs)
        made = self.produce(order, inputs, None, lock, tell)
        if made.digest == self.store.entry(order.name).output:
            return
        difference = first_difference(self.store.path(order.name), made.folder)
        if difference is None:
            raise BuildFailed("its entry was changed after it was built: `punix store verify`")
        raise BuildFailed(f"not reproducible: {difference}")
