"""Doing work in the order of its dependencies, several pieces at once.

In: for each piece what it needs, and a function that does one. Out: for each what
became of it. Of the pieces that may start, the one with the longest chain of others
behind it goes first, since that chain bounds the whole; where pieces take equally
long and each has one user at most, no order ends sooner (Hu 1961). Of equal chains
the earlier piece goes first, so the order is the same in each run.
"""

import heapq
from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, Literal, TypeAlias, TypeVar

__all__ = ["Outcome", "run_all"]

K = TypeVar("K", bound=Hashable)
Outcome: TypeAlias = Literal["done", "failed", "blocked", "not started"]
"""`blocked`: something that it needs, near or far, failed."""

NAP_SECONDS = 0.2
"""Python hears an interrupt in the main thread alone, and only while that is awake: one that
another thread gets, or that comes just before we wait, would be forgotten."""


def run_all(
    needs: Mapping[K, Collection[K]],
    work: Callable[[K], bool],
    *,
    jobs: int,
    fail_fast: bool,
    abort: Callable[[], None],
    blocked: Callable[[K, K], None],
) -> dict[K, Outcome]:
    """Run `work` on every piece after those that it needs; `needs` has no cycle and no stranger.

    `blocked(piece, failed)` is called as soon as it is known that a piece cannot run.
    With `fail_fast`, nothing new starts after a failure. When `work` raises, or we
    are interrupted, `abort` is called and the exception passed on once all have ended.
    """
    queue, under_way = _Queue(needs), _Threads(work)
    try:
        while True:
            while queue.ready and len(under_way) < jobs and not (fail_fast and queue.failed):
                under_way.start(queue.pop())
            if not under_way:
                return queue.outcomes
            piece, is_good = under_way.wait()
            if is_good:
                queue.done(piece)
            else:
                for user in queue.fail(piece):
                    blocked(user, piece)
    except BaseException:
        abort()
        raise
    finally:
        under_way.join()


class _Threads(Generic[K]):
    """Pieces under way, each in a thread of its own.

    `concurrent.futures` would do, but imports logging: a twentieth of the time of a small build.
    """

    def __init__(self, work: Callable[[K], bool]) -> None:
        self._work = work
        self._threads: dict[K, Thread] = {}
        self._ended: SimpleQueue[tuple[K, bool | BaseException]] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._threads)

    def start(self, piece: K) -> None:
        """Begin a piece."""
        thread = Thread(target=self._run, args=(piece,), name="build")
        thread.start()
        self._threads[piece] = thread

    def _run(self, piece: K) -> None:
        try:
            self._ended.put((piece, self._work(piece)))
        except BaseException as problem:  # noqa: BLE001  # `wait` raises it
            self._ended.put((piece, problem))

    def wait(self) -> tuple[K, bool]:
        """Wait until a piece ends; return it and what its work said, or raise what that raised."""
        piece, outcome = self._next()
        self._threads.pop(piece).join()
        if isinstance(outcome, BaseException):
            raise outcome
        return piece, outcome

    def _next(self) -> tuple[K, bool | BaseException]:
        while True:
            with suppress(Empty):
                return self._ended.get(timeout=NAP_SECONDS)

    def join(self) -> None:
        """Wait until all have ended, whatever they say."""
        for thread in self._threads.values():
            thread.join()


class _Queue(Generic[K]):
    """What may start now: pieces all of whose needs are done."""

    def __init__(self, needs: Mapping[K, Collection[K]]) -> None:
        self.outcomes: dict[K, Outcome] = dict.fromkeys(needs, "not started")
        self.failed = False
        self._missing = {piece: len(set(needed)) for piece, needed in needs.items()}
        self._users: dict[K, list[K]] = {piece: [] for piece in needs}
        for piece, needed in needs.items():
            for other in set(needed):
                self._users[other].append(piece)
        heights = _heights(self._missing, self._users)
        self._rank = {piece: (-heights[piece], at) for at, piece in enumerate(needs)}
        self._pieces = list(needs)
        self.ready = [self._rank[piece] for piece in needs if not self._missing[piece]]
        heapq.heapify(self.ready)

    def pop(self) -> K:
        """Take the piece that should start next."""
        return self._pieces[heapq.heappop(self.ready)[1]]

    def done(self, piece: K) -> None:
        """Record a success; what waited for nothing else becomes ready."""
        self.outcomes[piece] = "done"
        for user in self._users[piece]:
            self._missing[user] -= 1
            if not self._missing[user]:
                heapq.heappush(self.ready, self._rank[user])

    def fail(self, piece: K) -> list[K]:
        """Record a failure; return what it blocks that nothing blocked before, nearest first."""
        self.outcomes[piece] = "failed"
        self.failed = True
        found = [piece]
        for one in found:
            for user in self._users[one]:
                if self.outcomes[user] != "blocked":
                    self.outcomes[user] = "blocked"
                    found.append(user)
        return found[1:]


def _heights(missing: Mapping[K, int], users: Mapping[K, Collection[K]]) -> dict[K, int]:
    """Return for each piece how many pieces the longest chain of its users has, itself included."""
    left = dict(missing)
    order = [piece for piece, count in left.items() if not count]
    for piece in order:
        for user in users[piece]:
            left[user] -= 1
            if not left[user]:
                order.append(user)
    heights: dict[K, int] = {}
    for piece in reversed(order):
        heights[piece] = 1 + max((heights[user] for user in users[piece]), default=0)
    return heights
