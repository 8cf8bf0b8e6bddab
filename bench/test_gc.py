"""Marking what gc keeps, beside a traversal for each root; and a whole dry run on disk."""

from collections.abc import Iterator

import pytest
from builds import fake_facts, fake_name
from graphs import before
from timing import Measure

from punix.ir.names import RootPath, StoreName
from punix.runtime.files.sealed import seal
from punix.runtime.store.gc import references, survey
from punix.runtime.store.mark import References, Root, mark
from punix.runtime.store.pins import PinName, pin
from punix.runtime.store.store import Store

SIZE, ROOTS = 10_000, 200
MARKING = "gc marks paths from 200 roots"
SURVEY = "a dry run of gc with 200 roots"


def mentioned() -> dict[StoreName, tuple[StoreName, ...]]:
    """Return what paths mention: up to three earlier ones each."""
    return {fake_name(at): tuple(map(fake_name, sorted({*before(at)}))) for at in range(SIZE)}


def roots(count: int) -> list[Root]:
    return [Root("pin", str(at), fake_name(SIZE - 1 - at)) for at in range(count)]


def each_by_itself(graph: References, wanted: list[Root]) -> set[StoreName]:
    """Return what stays, as the closures of the roots, one after the other."""
    kept: set[StoreName] = set()
    for root in wanted:
        kept.update(mark(graph, [root]))
    return kept


@pytest.mark.parametrize("who", ["1 root", "200 roots", "200 roots, a traversal for each"])
def test_marking(measure: Measure, who: str) -> None:
    graph, wanted = mentioned(), roots(1 if who == "1 root" else ROOTS)
    if "each" in who:
        assert each_by_itself(graph, wanted) == set(mark(graph, wanted))
        measure(lambda: each_by_itself(graph, wanted), group=MARKING, size=SIZE, who=who, rounds=3)
        return
    floor = who == "1 root"
    measure(
        lambda: mark(graph, wanted),
        group=MARKING,
        size=SIZE,
        who=who,
        floor=floor,
        target=None if floor else 1.5,
        rounds=20,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(RootPath(str(tmp_path_factory.mktemp("gc") / "store")))
    made.create()
    for at in range(SIZE):
        facts = fake_facts(at, sorted({*before(at)}))
        made.meta_path(facts.name).write_bytes(seal(facts))
    for root in roots(ROOTS):
        pin(made, PinName(root.where), root.name)
    yield made


@pytest.mark.parametrize("who", ["the facts are read", "punix"])
def test_survey(measure: Measure, store: Store, who: str) -> None:
    if who == "punix":
        assert survey(store).dead == ()
        measure(lambda: survey(store), group=SURVEY, size=SIZE, who=who, target=3)
    else:
        measure(lambda: references(store), group=SURVEY, size=SIZE, who=who, floor=True)
