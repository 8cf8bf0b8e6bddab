"""The order of work: after what it needs, longest chain first, and what a failure blocks."""

import signal
import threading
import time
from collections.abc import Collection, Mapping, Set
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE

from punix.runtime.building.scheduler import Outcome, run_all

Needs = Mapping[int, Collection[int]]


def run(needs: Needs, bad: Set[int] = frozenset(), jobs: int = 1, fail_fast: bool = False) -> "Ran":
    """Run pieces of which some fail."""
    ran = Ran()

    def work(piece: int) -> bool:
        ran.order.append(piece)
        return piece not in bad

    ran.outcomes = run_all(
        needs,
        work,
        jobs=jobs,
        fail_fast=fail_fast,
        abort=lambda: None,
        blocked=ran.blocked.__setitem__,
    )
    return ran


class Ran:
    """What ran in which order, what became of each piece, and what blocked it."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.blocked: dict[int, int] = {}
        self.outcomes: dict[int, Outcome] = {}


@st.composite
def graphs(draw: st.DrawFn) -> dict[int, set[int]]:
    size = draw(st.integers(1, 12))
    return {at: draw(st.sets(st.integers(0, at - 1))) if at else set() for at in range(size)}


@given(graphs(), st.integers(1, 4), st.data())
def test_work_follows_what_it_needs(needs: Needs, jobs: int, data: st.DataObject) -> None:
    bad = data.draw(st.sets(st.sampled_from(sorted(needs))))
    done: set[int] = set()

    def work(piece: int) -> bool:
        assert done.issuperset(needs[piece])
        if piece not in bad:
            done.add(piece)
        return piece not in bad

    culprits: dict[int, int] = {}
    outcomes = run_all(
        needs,
        work,
        jobs=jobs,
        fail_fast=False,
        abort=lambda: None,
        blocked=culprits.__setitem__,
    )
    for piece, needed in needs.items():
        stopped = any(outcomes[other] != "done" for other in needed)
        assert outcomes[piece] == ("blocked" if stopped else "failed" if piece in bad else "done")
        assert (piece in culprits) == stopped
        if stopped:
            assert outcomes[culprits[piece]] == "failed"
            assert culprits[piece] in below(needs, piece)


def below(needs: Needs, piece: int) -> set[int]:
    """Return all that a piece needs, near or far."""
    found: set[int] = set()
    waiting = list(needs[piece])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(needs[one])
    return found


@given(graphs(), st.integers(1, 4))
def test_each_piece_runs_once(needs: Needs, jobs: int) -> None:
    assert sorted(run(needs, jobs=jobs).order) == sorted(needs)


def test_the_longest_chain_goes_first() -> None:
    needs = {1: set(), 2: set(), 3: set(), 10: {3}, 11: {10}, 20: {2}}
    assert run(needs).order == [3, 2, 10, 1, 11, 20]


@given(graphs())
def test_the_order_is_the_same_in_each_run(needs: Needs) -> None:
    again = {piece: sorted(needed, reverse=True) for piece, needed in needs.items()}
    assert run(needs).order == run(again).order


def test_fail_fast_starts_nothing_more() -> None:
    needs: Needs = {piece: set() for piece in range(8)} | {8: {0}}
    ran = run(needs, {0}, fail_fast=True)
    assert (ran.order, ran.blocked) == ([0], {8: 0})
    assert (ran.outcomes[0], ran.outcomes[8], ran.outcomes[1]) == (
        "failed",
        "blocked",
        "not started",
    )


def test_an_exception_ends_the_rest() -> None:
    aborted: list[bool] = []

    def work(piece: int) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all(
            {1: [], 2: []},
            work,
            jobs=1,
            fail_fast=False,
            abort=lambda: aborted.append(True),
            blocked=lambda *_: None,
        )
    assert aborted == [True]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_long_chain(jobs: int) -> None:
    needs = {at: {at - 1} if at else set() for at in range(10_000)}
    assert run(needs, jobs=jobs).order == list(range(10_000))
    ran = run(needs, {0}, jobs)
    assert (ran.order, len(ran.blocked), ran.blocked[9_999]) == ([0], 9_999, 0)


def test_a_wide_graph() -> None:
    pieces = list(range(5_000))
    Random(1).shuffle(pieces)
    needs: Needs = {piece: set() for piece in pieces} | {5_000: set(range(5_000))}
    ran = run(needs, jobs=2)
    assert (len(ran.order), ran.order[-1]) == (5_001, 5_000)
    ran = run(needs, {7}, jobs=2)
    assert (len(ran.order), ran.blocked) == (5_000, {5_000: 7})


def test_an_interrupt_that_another_thread_gets_is_heard() -> None:
    stopped, heard = threading.Event(), []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def work(_: int) -> bool:
        time.sleep(0.1)  # until the scheduler waits for us
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        heard.append(stopped.wait(PATIENCE))
        return True

    try:
        with pytest.raises(KeyboardInterrupt):
            run_all(
                {0: ()},
                work,
                jobs=1,
                fail_fast=False,
                abort=stopped.set,
                blocked=lambda *_: None,
            )
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [True]
