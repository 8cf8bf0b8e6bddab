"""What a command tells of its steps: which, in which order, and how each ended."""

import errno
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from managed import BROKEN, Managed
from scenes import NEW, NEW_UNITS, OLD, OLD_UNITS, SECRET, activation, managed
from stacks_on_disk import bundle, caller, link, target, units, wish

from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.steps import Step
from punix.runtime.deploy.target.transport import Run
from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback

FAILING_UNITS = {**NEW_UNITS, "changed": BROKEN}


def put(here: Target, texts: Mapping[str, str]) -> list[Step]:
    told: list[Step] = []
    wanted = replace(wish(units(texts, NEW)), activation=activation(here))
    deploy(here, wanted, caller(tell=told.append))
    return told


def lines(told: list[Step]) -> list[str]:
    """Ends of steps, as a person would write them down."""
    return [
        " ".join(str(word) for word in (step.kind, step.unit, step.generation, step.state) if word)
        for step in told
        if step.state != "begun"
    ]


def test_a_first_deploy(tmp_path: Path) -> None:
    assert lines(put(managed(tmp_path), OLD_UNITS)) == [
        "secrets done",
        "lock done",
        "stage 1 done",
        "commit 1 done",
        "reconcile 1 done",
        "read-units 1 done",
        "start changed.service 1 done",
        "start dropped.service 1 done",
        "start kept.service 1 done",
        "trim done",
    ]


def test_units_are_told_as_the_generation_that_describes_them(tmp_path: Path) -> None:
    here = managed(tmp_path)
    put(here, OLD_UNITS)
    told = lines(put(here, NEW_UNITS))
    assert told[2:3] == ["stop dropped.service 1 done"]
    assert told[6:9] == [
        "read-units 2 done",
        "restart changed.service 2 done",
        "start added.service 2 done",
    ]


def test_what_tmpfiles_asks_for_is_made_before_units_start(tmp_path: Path) -> None:
    here, told = managed(tmp_path), list[Step]()
    files = {"/etc/tmpfiles.d/punix-HelloStack.conf": link("d /run/web\n")}
    wanted = replace(wish(units({"web": "web"}, files)), activation=activation(here))
    deploy(here, wanted, caller(tell=told.append))
    assert lines(told)[4:8] == [
        "reconcile 1 done",
        "folders 1 done",
        "read-units 1 done",
        "start web.service 1 done",
    ]


def test_a_failure_and_the_way_back(tmp_path: Path) -> None:
    here = managed(tmp_path)
    put(here, OLD_UNITS)
    told = put(here, FAILING_UNITS)
    assert lines(told)[6:] == [
        "read-units 2 done",
        "restart changed.service 2 failed",
        "stop added.service 2 done",
        "commit 1 done",
        "reconcile 1 done",
        "read-units 1 done",
        "restart changed.service 1 done",
        "start dropped.service 1 done",
        "back 1 done",
        "trim done",
    ]
    assert [step.message for step in told if step.state == "failed"] == ["failed (exit-code)"]


def test_a_removal_makes_nothing_live(tmp_path: Path) -> None:
    here, told = managed(tmp_path), list[Step]()
    put(here, {"web": "web"})
    remove(here, caller(tell=told.append), activation=activation(here))
    assert lines(told) == [
        "lock done",
        "stop web.service 1 done",
        "commit done",
        "reconcile done",
        "read-units done",
    ]


def test_what_was_interrupted_and_who_is_waited_for_are_told(tmp_path: Path) -> None:
    here, told = managed(tmp_path), list[Step]()
    put(here, OLD_UNITS)
    put(here, NEW_UNITS)
    (tmp_path / "srv/deploys/HelloStack/journal.json").write_text("cut off")
    with here.transport.hold(here.path("lock"), 0, None), pytest.raises(ProgramError):
        rollback(here, None, caller(wait=0.1, tell=told.append))
    rollback(here, None, caller(tell=told.append))
    assert lines(told)[:3] == ["lock waiting", "lock done", "recover done"]
    assert told[0].message.startswith("pid ")
    assert "journal could not be read" in told[2].message


def test_each_step_that_begins_ends_also_where_it_fails(tmp_path: Path) -> None:
    here, told = managed(tmp_path), list[Step]()
    wanted = wish(bundle(OLD, secrets=SECRET))
    with pytest.raises(ProgramError):
        deploy(here, wanted, caller(tell=told.append))
    assert [(step.kind, step.state) for step in told] == [
        ("secrets", "begun"),
        ("secrets", "failed"),
    ]
    assert "DB" in told[1].message
    told += put(here, OLD_UNITS) + put(here, FAILING_UNITS)
    assert unfinished(told) == set()


def unfinished(told: list[Step]) -> set[tuple[str, str]]:
    """Steps that began and did not end."""
    found = set[tuple[str, str]]()
    for step in told:
        if step.state == "begun":
            found.add((step.kind, step.unit))
        else:
            found.discard((step.kind, step.unit))
    return found


class Dumb(Managed):
    """A manager that cannot be asked any more from some command on."""

    left = 1000

    def run(self, command: Sequence[str], seconds: float) -> Run:
        self.left -= 1
        if self.left < 0:
            raise TimeoutError(errno.ETIMEDOUT, "not done", command[0])
        return super().run(command, seconds)


def test_each_step_ends_wherever_the_manager_stops_answering(tmp_path: Path) -> None:
    for answers in range(100):
        here = managed(tmp_path / str(answers))
        put(here, OLD_UNITS)
        manager = Dumb(here.transport.root)
        manager.left, told = answers, list[Step]()
        wanted = wish(units(FAILING_UNITS, NEW))
        dumb = replace(wanted, activation=activation(target(Path(manager.root), transport=manager)))
        with suppress(ProgramError):
            deploy(here, dumb, caller(tell=told.append))
        assert unfinished(told) == set()
        if manager.left >= 0:
            assert answers > 5
            return


def test_no_step_has_a_secret(tmp_path: Path) -> None:
    told: list[Step] = []
    wanted = wish(bundle(OLD, secrets=SECRET), {"DB": "s3cret"})
    deploy(managed(tmp_path), wanted, caller(tell=told.append))
    assert told
    assert "s3cret" not in repr(told)
