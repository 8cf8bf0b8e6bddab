"""What is read of a store's facts: closures from the files, and answers of the index."""

import json
from random import Random

import pytest
from builds import fake_facts, fake_name, settle
from timing import Measure

from punix.ir.names import RootPath
from punix.runtime.files.sealed import seal
from punix.runtime.store.index import open_index
from punix.runtime.store.store import Store

SIZES = [1_000, 10_000, 100_000]
"""Entries of the store. A closure is a part of it: what is asked for, and not all there is."""


@pytest.fixture(scope="module", params=SIZES)
def stocked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of facts without trees: each entry mentions up to 8 of the 300 before it."""
    store = Store(RootPath(str(tmp_path_factory.mktemp("store"))))
    store.create()
    random = Random(request.param)
    for number in range(request.param):
        near = range(max(0, number - 300), number)
        facts = fake_facts(number, random.sample(near, min(len(near), random.randint(0, 8))))
        store.meta_path(facts.name).write_bytes(seal(facts))
    settle(store)
    return store


@pytest.mark.parametrize("who", ["open, read, json", "punix"])
def test_closure_from_disk(measure: Measure, stocked: Store, who: str) -> None:
    names = stocked.closure([fake_name(999)])
    files = [stocked.meta_path(name) for name in names]

    def bare() -> None:
        for file in files:
            json.loads(file.read_bytes())

    measure(
        bare if who != "punix" else lambda: stocked.closure([fake_name(999)]),
        group="run-time closure from disk, in stores of a size",
        size=len(stocked.names()),
        who=who,
        floor=who != "punix",
        target=1.5 if who == "punix" else None,
        rounds=15,
    )


@pytest.mark.parametrize("who", ["totals", "referrers"])
def test_answers_of_the_index(measure: Measure, stocked: Store, who: str) -> None:
    with open_index(stocked) as index:
        index.totals()

    def ask() -> None:
        with open_index(stocked) as index:
            index.totals() if who == "totals" else index.referrers(fake_name(10))

    measure(
        ask,
        group="an answer of the index",
        size=len(stocked.names()),
        who=who,
        floor=who == "totals",
        rounds=15,
    )
