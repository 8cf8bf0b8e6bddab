"""What is kept of a build: its log, and the derivation, which is believed only if it is its own."""

import os
from pathlib import Path

import pytest
from builds import Workshop, derive

from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.store.build_records import forget_records, logged_names, recorded

TOUCH = "touch $OUTPUT/done"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop.at(tmp_path, sandbox_named("off"))


def test_success_and_failure_are_kept(shop: Workshop) -> None:
    good, bad = derive("Good", f"echo fine; {TOUCH}"), derive("Bad", "echo oh no; exit 3")
    shop.build(good, bad, jobs=1)
    assert sorted(logged_names(shop.store)) == sorted([good.name, bad.name])
    for order, text in ((good, "fine\n"), (bad, "oh no\n")):
        assert recorded(shop.store, order.name) == order
        assert shop.store.log_path(order.name).read_text() == text
    for order, moment in ((good, 2), (bad, 1)):
        os.utime(shop.store.log_path(order.name), (moment, moment))
    assert logged_names(shop.store)[0] == good.name


def test_a_build_that_never_ran_leaves_no_older_output(shop: Workshop) -> None:
    order = derive("Bad", "echo once; exit 3", env={"X": "a"})
    shop.build(order)
    broken = derive("Bad", "echo once; exit 3", env={"X": "a\0b"})
    shop.build(broken)
    assert shop.store.log_path(broken.name).read_bytes() == b""


@pytest.mark.parametrize(
    ("before", "after"), [("fine", "evil"), ("{", ""), ('"name"', '"nome"'), ("fine", "\\ud800")]
)
def test_what_was_changed_is_not_believed(shop: Workshop, before: str, after: str) -> None:
    order = derive("Good", f"echo fine; {TOUCH}")
    shop.ok(order)
    path = shop.store.inner(".logs", f"{order.name}.drv.json")
    assert recorded(shop.store, order.name) is not None
    path.write_text(path.read_text().replace(before, after))
    assert recorded(shop.store, order.name) is None


def test_the_record_of_another_is_not_believed(shop: Workshop) -> None:
    one, two = derive("One", TOUCH), derive("Two", TOUCH)
    shop.ok(one, two)
    folder = shop.store.inner(".logs")
    (folder / f"{one.name}.drv.json").replace(folder / f"{two.name}.drv.json")
    assert (recorded(shop.store, one.name), recorded(shop.store, two.name)) == (None, None)


def test_what_is_forgotten_is_gone(shop: Workshop) -> None:
    order = derive("Good", TOUCH)
    shop.ok(order)
    forget_records(shop.store, [order.name, order.name])
    assert (logged_names(shop.store), recorded(shop.store, order.name)) == ([], None)
    assert list(shop.store.inner(".logs").iterdir()) == []


def test_a_store_that_is_not_there_has_none(shop: Workshop) -> None:
    assert logged_names(shop.store) == []
