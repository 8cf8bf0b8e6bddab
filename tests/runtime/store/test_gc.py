"""Garbage: what goes, in which order, what stays and why."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from builds import fake_entry, fake_name
from hypothesis import given
from hypothesis import strategies as st
from pinning import deploy

from punix.ir.diagnostics import Code, ProgramError
from punix.ir.names import RootPath, StoreName
from punix.runtime.files.lock import LockHeld
from punix.runtime.store.gc import Dead, GcReport, collect, survey
from punix.runtime.store.index import Holding
from punix.runtime.store.mark import Root, chains, mark
from punix.runtime.store.pins import PinName, pin
from punix.runtime.store.retention import Policy
from punix.runtime.store.store import Store
from punix.runtime.store.sweep import in_order

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def going(report: GcReport) -> list[StoreName]:
    return [dead.name for dead in report.dead]


# What stays --------------------------------------------------------------


def test_what_generations_pin_stays(store: Store, tmp_path: Path) -> None:
    names = [
        fake_entry(store, number, [number + 1] if number in (1, 5) else []) for number in range(8)
    ]
    first = deploy(store, tmp_path / "here", 1, 1)
    deploy(store, tmp_path / "there" / "host", 2, 3, 99)
    report = survey(store)
    assert [dead.name for dead in report.dead] == [names[0], *names[4:]]
    assert (report.size, len(store.names())) == (25, 8)
    assert [(kept.name, kept.because) for kept in report.kept][:2] == [
        (names[1], Root("generation", str(first), names[1])),
        (names[2], names[1]),
    ]
    assert report.missing == (fake_name(99),)
    done = collect(store)
    assert (done.dead, done.kept) == (report.dead, report.kept)
    assert store.names() == (names[1], names[2], names[3])
    assert not store.path(names[0]).exists()
    assert os.listdir(store.inner(".trash")) == []
    assert collect(store).dead == ()


def test_extra_roots_may_be_missing(store: Store, tmp_path: Path) -> None:
    name = fake_entry(store, 1)
    deploy(Store(RootPath(str(tmp_path / "other"))), tmp_path / "foreign", 1, 1)
    assert collect(store, [tmp_path / "none", tmp_path / "foreign"]).dead[0].name == name


def test_a_store_is_the_same_by_all_its_names(store: Store, tmp_path: Path) -> None:
    name = fake_entry(store, 1)
    deploy(store, tmp_path / "here", 1, 1)
    (tmp_path / "link").symlink_to(store.root)
    other = Store(RootPath(str(tmp_path / "link")))
    assert [kept.name for kept in collect(other).kept] == [name]
    deploy(other, tmp_path / "here", 1, 1)
    assert [kept.name for kept in collect(store).kept] == [name]


@pytest.mark.parametrize(
    "text", ["", "{}", "\udc80", '{"punix": {"ir": "manifest", "version": 9}}']
)
def test_a_manifest_that_is_none_stops_gc(store: Store, tmp_path: Path, text: str) -> None:
    name = fake_entry(store, 1)
    path = deploy(store, tmp_path / "here", 1)
    path.write_text(text, errors="surrogateescape")
    for work in (survey, collect):
        with pytest.raises(ProgramError, match="is no manifest") as caught:
            work(store)
        assert caught.value.diagnostics[0].code == Code.E27
    assert store.is_valid(name)


def test_what_a_journal_mentions_stays(store: Store, tmp_path: Path) -> None:
    name = fake_entry(store, 1)
    manifest = deploy(store, tmp_path / "here", 1)
    (manifest.parent / "journal.json").write_text(f'{{"new": ["{name}"]}}')
    assert collect(store).dead == ()


def test_leftovers_of_builds_go(store: Store) -> None:
    """But not those of a builder that outlives its command and still has the lock."""
    (store.inner(".tmp", fake_name(1)) / "build").mkdir(parents=True)
    store.path(fake_name(2)).mkdir()
    with store.making(fake_name(2)):
        assert [(dead.name, dead.valid) for dead in survey(store).dead] == [(fake_name(1), False)]
        assert going(collect(store)) == [fake_name(1)]
        assert store.path(fake_name(2)).exists()
    assert going(collect(store)) == [fake_name(2)]
    assert not store.path(fake_name(2)).exists()
    assert os.listdir(store.inner(".tmp")) == []


def test_gc_waits_for_users_and_names_them(store: Store) -> None:
    heard: list[str] = []
    with store.using(), store.using(), pytest.raises(LockHeld):
        collect(store, wait=0.1, waiting=heard.append)
    assert heard == [f"pid {os.getpid()}"]
    with store.using():
        assert survey(store).dead == ()


def test_at_every_moment_of_gc_closures_are_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        fake_entry(store, number, [(number * 5) % 6 + 1] if number in (0, 2) else [])
    real = os.unlink

    def checked(path: str, **options: int) -> None:
        real(path, **options)
        for name in store.names():
            assert all(store.is_valid(other) for other in store.references(name))

    monkeypatch.setattr(os, "unlink", checked)
    collect(store)
    assert store.names() == ()


def test_facts_that_are_damaged_stop_gc_and_are_all_told(store: Store) -> None:
    names = [fake_entry(store, number) for number in range(4)]
    for name in names[:2]:
        store.meta_path(name).write_text("{")
    for work in (survey, collect):
        with pytest.raises(ProgramError) as caught:
            work(store)
        assert [it.code for it in caught.value.diagnostics] == [Code.E25] * 2
    assert store.names() == tuple(names)


def test_what_is_damaged_and_in_use_waits_for_its_build(store: Store) -> None:
    used, unused = fake_entry(store, 1), fake_entry(store, 2)
    pin(store, PinName("mine"), used)
    for name in (used, unused):
        store.meta_path(name).unlink()
        store.inner(".tmp", name).mkdir()
    report = collect(store)
    assert report.missing == (used,)
    assert report.dead == (Dead(used, 0, False), Dead(unused, 5, False))
    assert (store.path(used).exists(), store.path(unused).exists()) == (True, False)
    assert os.listdir(store.inner(".tmp")) == []


def test_what_an_ended_build_left_is_not_its_entry(store: Store) -> None:
    name = fake_entry(store, 1)
    pin(store, PinName("mine"), name)
    store.inner(".tmp", name).mkdir()
    report = collect(store)
    assert (report.dead, [kept.name for kept in report.kept]) == ((Dead(name, 0, False),), [name])
    assert store.is_valid(name)


def test_what_says_nothing_any_more_goes(store: Store) -> None:
    kept = fake_entry(store, 1)
    dead = fake_entry(store, 2)
    store.inner(".meta", f".{dead}.json.punix").write_text("cut")
    store.inner(".pins", "mine").write_text(f"{kept}\n")
    store.inner(".pins", ".mine.punix").write_text("cut")
    (store.inner(".trash", dead) / "half").mkdir(parents=True)
    assert going(collect(store)) == [dead]
    assert sorted(os.listdir(store.inner(".meta"))) == [f"{kept}.json"]
    assert os.listdir(store.inner(".pins")) == ["mine"]
    assert os.listdir(store.inner(".trash")) == []


def test_what_is_recorded_of_a_build_goes_when_it_is_old_and_made_nothing(store: Store) -> None:
    pinned, dead = fake_entry(store, 1), fake_entry(store, 2)
    failed, new = fake_name(3), fake_name(4)
    pin(store, PinName("mine"), pinned)
    month = time.time() - 31 * 86_400
    for name in (pinned, dead, failed, new):
        store.log_path(name).write_text("")
        store.inner(".logs", f"{name}.drv.json").write_text("")
        if name != new:
            os.utime(store.log_path(name), (month, month))
    for work in (survey, collect):
        assert work(store).records == (dead, failed)
    left = [f"{name}{end}" for name in (pinned, new) for end in (".drv.json", ".log")]
    assert sorted(os.listdir(store.inner(".logs"))) == left


# Policies ----------------------------------------------------------------


def test_the_young_stay_with_what_they_mention(store: Store) -> None:
    fake_entry(store, 1, built_at="2026-11-01T00:00:00Z")
    library = fake_entry(store, 2, built_at="2026-11-01T00:00:00Z")
    young = fake_entry(store, 3, [2], built_at="2026-11-20T00:00:00Z")
    report = survey(store, policy=Policy(keep_days=3, now=NOW))
    assert going(report) == [fake_name(1)]
    assert [(kept.name, kept.because) for kept in report.kept] == [
        (library, young),
        (young, Root("young", "2026-11-20T00:00:00Z", young)),
    ]
    assert len(survey(store, policy=Policy(keep_days=2.9, now=NOW)).dead) == 3
    assert survey(store, policy=Policy(keep_days=60, now=NOW)).dead == ()


def test_the_oldest_go_until_the_rest_fits(store: Store) -> None:
    """A library is older than its only user, and goes after it."""
    days = {1: 9, 2: 1, 3: 5, 4: 7, 5: 3}
    for number, day in days.items():
        mentions = [2] if number == 4 else []
        fake_entry(store, number, mentions, built_at=f"2026-11-{day:02}T00:00:00Z")
    store.inner(".pins", "mine").write_text(f"{fake_name(5)}\n")
    order = [3, 4, 2, 1]
    for most, count in ((25, 0), (24, 1), (20, 1), (19, 2), (10, 3), (9, 4), (0, 4)):
        report = survey(store, policy=Policy(max_size=most, now=NOW))
        assert going(report) == sorted(fake_name(number) for number in order[:count])
        assert len(report.kept) == 5 - count
    spared = survey(store, policy=Policy(max_size=10, now=NOW)).kept
    assert [(kept.name, str(kept.because)) for kept in spared] == [
        (fake_name(1), "None"),
        (fake_name(5), "pin mine"),
    ]
    collect(store, policy=Policy(max_size=10, now=NOW))
    assert store.names() == (fake_name(1), fake_name(5))


# Marking -----------------------------------------------------------------


class Counting(dict[StoreName, tuple[StoreName, ...]]):
    """What entries mention, and how often somebody asked."""

    asked = 0

    def get(self, *arguments: Any) -> Any:
        self.asked += 1
        return super().get(*arguments)


GRAPHS = st.integers(1, 30).flatmap(
    lambda size: st.tuples(*(st.sets(st.integers(at + 1, size), max_size=4) for at in range(size)))
)


@given(GRAPHS, st.lists(st.integers(0, 35), max_size=40))
def test_marking_is_one_traversal(graph: tuple[set[int], ...], wanted: list[int]) -> None:
    mentioned = Counting({fake_name(at): tuple(map(fake_name, to)) for at, to in enumerate(graph)})
    roots = [Root("pin", str(at), fake_name(number)) for at, number in enumerate(wanted)]
    reasons = mark(mentioned, roots)
    assert mentioned.asked == len(reasons)
    assert set(reasons) == closure(mentioned, roots)
    for name, reason in reasons.items():
        assert reason in roots or name in mentioned[reason]  # type: ignore[index]


def closure(mentioned: Counting, roots: list[Root]) -> set[StoreName]:
    found = {root.name for root in roots}
    while more := {to for name in found for to in dict.get(mentioned, name, ())} - found:
        found |= more
    return found


@given(GRAPHS, st.lists(st.integers(0, 35), max_size=10), st.integers(0, 35))
def test_chains_lead_from_each_root_that_keeps_an_entry(
    graph: tuple[set[int], ...], wanted: list[int], asked: int
) -> None:
    mentioned = {fake_name(at): tuple(map(fake_name, to)) for at, to in enumerate(graph)}
    roots = [Root("pin", str(at), fake_name(number)) for at, number in enumerate(wanted)]
    found = chains(mentioned, roots, fake_name(asked))
    assert [chain.root for chain in found] == [
        root for root in sorted(roots) if fake_name(asked) in mark(mentioned, [root])
    ]
    for chain in found:
        assert (chain.names[0], chain.names[-1]) == (chain.root.name, fake_name(asked))
        assert all(to in mentioned[user] for user, to in pairwise(chain.names))


@given(GRAPHS)
def test_users_come_before_what_they_use(graph: tuple[set[int], ...]) -> None:
    mentioned = {fake_name(at): tuple(map(fake_name, to)) for at, to in enumerate(graph)}
    order = in_order([Holding(name, 0, "") for name in mentioned], mentioned)
    assert sorted(one.name for one in order) == sorted(mentioned)
    place = {one.name: at for at, one in enumerate(order)}
    for user, names in mentioned.items():
        assert all(place[user] < place[name] for name in names if name in place)


def test_a_long_chain() -> None:
    names = [fake_name(number) for number in range(10_000)]
    mentioned = {name: tuple(names[at + 1 : at + 2]) for at, name in enumerate(names)}
    root = Root("pin", "first", names[0])
    assert len(mark(mentioned, [root])) == 10_000
    assert [chain.names for chain in chains(mentioned, [root], names[-1])] == [tuple(names)]
    order = in_order([Holding(name, 0, "") for name in names], mentioned)
    assert [one.name for one in order] == names


def test_facts_are_read_once_whatever_the_number_of_roots(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        fake_entry(store, number, [number + 1] if number < 19 else [])
    read: list[str] = []
    real: Callable[..., int] = os.open

    def opening(path: str, *rest: int, **options: int) -> int:
        if str(path).startswith(str(store.inner(".meta", "a"))):
            read.append(Path(path).name)
        return real(path, *rest, **options)

    for generation in range(1, 41):
        deploy(store, tmp_path / f"root-{generation % 4}", generation, generation % 20)
    monkeypatch.setattr(os, "open", opening)
    assert survey(store).dead == ()
    assert sorted(read) == sorted(f"{name}.json" for name in store.names())
