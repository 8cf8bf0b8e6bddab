"""Doing work in the order of its dependencies, several pieces at once.

In: for each piece what it needs, and a function that does one. Out: for each
whether it succeeded, failed, or was left out because something it needs failed.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Generic, Literal, TypeAlias, TypeVar

__all__ = ["Outcome", "run_all"]

K = TypeVar("K", bound=Hashable)
Outcome: TypeAlias = Literal["done", "failed", "skipped"]


def run_all(
    needs: Mapping[K, Collection[K]],
    work: Callable[[K], bool],
    *,
    jobs: int,
    fail_fast: bool,
    abort: Callable[[], None],
) -> dict[K, Outcome]:
    """Run `work` on every piece after those that it needs; `needs` has no cycle and no stranger.

    With `fail_fast`, nothing new starts after a failure. When `work` raises, or we
    are interrupted, `abort` is called and the exception passed on once all have ended.
    """
    queue = _Queue(needs)
    running: dict[Future[bool], K] = {}
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="build") as pool:
        try:
            while True:
                while queue.ready and len(running) < jobs and not (fail_fast and queue.failed):
                    piece = queue.ready.pop()
                    running[pool.submit(work, piece)] = piece
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    queue.finish(running.pop(future), future.result())
        except BaseException:
            abort()
            raise
    return queue.outcomes


class _Queue(Generic[K]):
    """What may start now: pieces all of whose needs are done. Earlier pieces come first."""

    def __init__(self, needs: Mapping[K, Collection[K]]) -> None:
        self.outcomes: dict[K, Outcome] = dict.fromkeys(needs, "skipped")
        self.failed = False
        self._missing = {piece: len(set(needed)) for piece, needed in needs.items()}
        self._users: dict[K, list[K]] = {piece: [] for piece in needs}
        for piece, needed in needs.items():
            for other in set(needed):
                self._users[other].append(piece)
        self.ready = [piece for piece, missing in self._missing.items() if not missing][::-1]

    def finish(self, piece: K, succeeded: bool) -> None:
        """Record an end; users of what is done become ready, users of what failed never do."""
        self.outcomes[piece] = "done" if succeeded else "failed"
        self.failed |= not succeeded
        for user in self._users[piece] if succeeded else ():
            self._missing[user] -= 1
            if not self._missing[user]:
                self.ready.append(user)
