"""Building twice and comparing: what differs is named, what is valid stays."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from builds import NOTHING, Workshop, derive, local

from punix.ir.derivation import Derivation
from punix.ir.diagnostics import Code
from punix.runtime.building.process import Processes
from punix.runtime.building.reproducibility import Rebuilder, rebuild
from punix.runtime.building.result import Result, Teller
from punix.runtime.building.sandbox import Bubblewrap
from punix.runtime.files.lock import LockHeld
from punix.runtime.files.tree import hash_tree

pytestmark = pytest.mark.sandbox

DIFFERENT = {
    "random bytes": "printf same > $OUTPUT/a; head -c 64 /dev/urandom > $OUTPUT/b",
    "the time": "printf same > $OUTPUT/a; date +%s%N > $OUTPUT/b",
    "the order of files": "printf same > $OUTPUT/a; seq 1000 | shuf > $OUTPUT/b",
}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop.at(tmp_path, Bubblewrap())


def check(shop: Workshop, *orders: Derivation, keep_failed: bool = False) -> list[Result]:
    wanted = [order.name for order in orders]
    policy = shop.policy(keep_failed=keep_failed)
    return rebuild(orders, wanted, shop.store, policy, shop.events.append)


def test_what_depends_on_its_inputs_only_is_reproducible(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for name in "cab":
        (tmp_path / "src" / name).write_text(name)
    (tmp_path / "src" / "folder").mkdir()
    (tmp_path / "src" / "link").symlink_to("a")
    tool = derive("Tool", "mkdir $OUTPUT/bin; umask > $OUTPUT/bin/umask")
    order = derive(
        "App", "ls -U > $OUTPUT/order; stat -c '%y %a' . * > $OUTPUT/times; "
        "env | grep -v '^_=' | sort > $OUTPUT/env; hostname > $OUTPUT/host; id > $OUTPUT/id; "
        "echo $$ > $OUTPUT/process; date -d @$SOURCE_DATE_EPOCH > $OUTPUT/date",
        source=local(tmp_path / "src"), inputs=[tool],
    )  # fmt: skip
    shop.ok(tool, order)
    assert [result.status for result in check(shop, tool, order)] == ["reproducible"] * 2
    assert shop.left() == sorted([tool.name, order.name])
    assert (shop.output(order) / "date").read_text() == "Tue Jan  1 00:00:00 UTC 1980\n"


@pytest.mark.parametrize("script", DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_named_and_the_entry_stays(shop: Workshop, script: str) -> None:
    order = derive("Wild", script)
    shop.ok(order)
    before, facts = hash_tree(shop.output(order)), shop.store.entry(order.name)
    [result] = check(shop, order)
    said = re.fullmatch(
        r"not reproducible: 'b' differs at byte (\d+): ([0-9a-f ]+) in the first, "
        r"([0-9a-f ]+) in the second",
        result.message,
    )
    assert said is not None, result.message
    offset = int(said[1])
    shown = (shop.output(order) / "b").read_bytes()[offset : offset + 8]
    assert bytes.fromhex(said[2]) == shown
    assert said[2][:2] != said[3][:2]
    assert (result.status, result.diagnostic and result.diagnostic.code) == ("failed", Code.E31)
    assert (hash_tree(shop.output(order)), shop.store.entry(order.name)) == (before, facts)
    assert shop.left() == [order.name]


def test_the_second_output_is_kept_if_that_is_wanted(shop: Workshop) -> None:
    order = derive("Wild", DIFFERENT["the time"])
    shop.ok(order)
    [result] = check(shop, order, keep_failed=True)
    kept = shop.store.inner(".tmp", order.name)
    assert (result.kept, result.message.endswith(f"  (kept: {kept})")) == (kept, True)
    assert (kept / "output" / "b").read_text() != (shop.output(order) / "b").read_text()
    assert [result.status for result in check(shop, order)] == ["failed"]
    assert shop.left() == [order.name]


def test_what_fails_the_second_time(shop: Workshop) -> None:
    order = derive("Once", "touch $OUTPUT/done; test ! -e $DEP_TOOL/stop", inputs=[
        tool := derive("Tool", "touch $OUTPUT/done")
    ])  # fmt: skip
    shop.ok(tool, order)
    shop.output(tool).chmod(0o755)
    (shop.output(tool) / "stop").touch()
    results = check(shop, tool, order)
    assert [result.status for result in results] == ["reproducible", "failed"]
    assert "rc=1" in results[1].message
    assert shop.left() == sorted([tool.name, order.name])


def test_it_does_not_wait_for_another_when_all_has_to_stop(shop: Workshop) -> None:
    order = derive("App", "touch $OUTPUT/a")
    shop.ok(order)
    again = Rebuilder(shop.store, shop.policy(), Processes(0))
    again.processes.end()
    tell = Teller(shop.events.append, order.module, order.name)
    with shop.store.making(order.name), pytest.raises(LockHeld):
        again.build(order, tell)


def test_facts_that_fit_no_tree_are_not_blamed_on_the_build(shop: Workshop) -> None:
    order = derive("App", "touch $OUTPUT/done")
    shop.ok(order)
    shop.store.register(replace(shop.store.entry(order.name), output=NOTHING))
    [result] = check(shop, order)
    assert result.status == "failed"
    assert "`punix store verify`" in result.message
