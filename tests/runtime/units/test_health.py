"""Health gates: what is asked, how often, and what becomes of a generation that is not well."""

import errno
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from faults import Fault
from hypothesis import given
from hypothesis import strategies as st
from managed import BROKEN, DYING, FRAIL, SICK, SLOW, Managed, running
from patience import PATIENCE
from scenes import Command, Hurried, Scene, activation, is_interrupted, managed, scenes_of
from stacks_on_disk import caller, target, units, wish

from examples import tried
from punix.ir.health import ExecCheck, Health
from punix.ir.names import UnitName
from punix.runtime.deploy.records.pointers import live_manifest
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.steps import Step, Tell, silent
from punix.runtime.deploy.target.transport import Run
from punix.runtime.deploy.transaction.listing import generations
from punix.runtime.files.stop import Stop
from punix.runtime.service.deploy import deploy
from punix.runtime.service.outcome import Outcome
from punix.runtime.service.switch import rollback
from punix.runtime.units.activation import Failure
from punix.runtime.units.facts import UnitState
from punix.runtime.units.health import Gate

FOLDER = "srv/deploys/HelloStack"
WELL = {"db": "well", "web": "well"}


def asked(name: str) -> Health | None:
    """Ask `web` by its name; `db` has no check."""
    words = (("/ask",), (f"{name}.service",))
    return Health(ExecCheck(words), 10, 2) if name.startswith("web") else None


def put(
    here: Target, texts: Mapping[str, str], tell: Tell = silent, *, takes_back: bool = True
) -> Outcome:
    acts = activation(here, takes_back=takes_back)
    wanted = replace(wish(units(texts, health=asked)), activation=acts)
    return deploy(here, wanted, caller(tell=tell))


def failure(here: Target, texts: Mapping[str, str], *, takes_back: bool = True) -> Failure:
    found = put(here, texts, takes_back=takes_back).failure
    assert found is not None
    return found


def health(failed: Failure) -> list[tuple[str | None, str]]:
    return [(trouble.unit, trouble.health) for trouble in failed.troubles]


def ends(told: list[Step]) -> list[tuple[str, str, str]]:
    return [(s.unit, s.state, s.message) for s in told if s.kind == "health" and s.state != "begun"]


def check_all_well(root: Path) -> None:
    """The live generation is active, and all of its units and no others run, and are well."""
    live = live_manifest(target(root))
    assert live is not None
    assert set(running(root)) == {unit.name for unit in live.units}
    assert SICK not in str(running(root))
    assert (root / FOLDER / "active").readlink() == Path(f"gen-{live.generation:03d}.json")
    assert not (root / FOLDER / "journal.json").exists()


@pytest.mark.parametrize("text", ["well", SLOW])
def test_what_gets_well_in_its_time_is_live(tmp_path: Path, text: str) -> None:
    told: list[Step] = []
    assert put(managed(tmp_path), {**WELL, "web": text}, told.append).failure is None
    assert ends(told) == [("web.service", "done", "")]
    check_all_well(tmp_path)


def test_what_is_not_acted_on_is_not_asked(tmp_path: Path) -> None:
    put(managed(tmp_path), WELL)
    told: list[Step] = []
    assert put(managed(tmp_path), {**WELL, "db": "other"}, told.append).failure is None
    assert ends(told) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (SICK, "/ask: ended with 3: it is sick; it had 10 s"),
        (DYING, "/ask: was well, but its main process ended"),
    ],
)
def test_what_is_not_well_goes_back(tmp_path: Path, text: str, answer: str) -> None:
    put(managed(tmp_path), WELL)
    before = running(tmp_path)
    failed = failure(managed(tmp_path), {**WELL, "web": text})
    assert (failed.tried, failed.live, failed.second) == (2, 1, ())
    assert health(failed) == [("web.service", answer)]
    assert failed.troubles[0].lines == ("its last words",)
    assert running(tmp_path) == before
    check_all_well(tmp_path)


def test_what_is_not_asked_is_looked_at_when_the_others_are_well(tmp_path: Path) -> None:
    put(managed(tmp_path), WELL)
    failed = failure(managed(tmp_path), {"db": FRAIL, "web": "well too"})
    assert (failed.tried, failed.live, failed.second) == (2, 1, ())
    assert [(one.unit, one.state, one.health) for one in failed.troubles] == [
        ("db.service", "failed (exit-code)", "")
    ]
    check_all_well(tmp_path)


def test_the_first_that_fails_ends_it_for_all(tmp_path: Path) -> None:
    told: list[Step] = []
    put(managed(tmp_path), {"db": "x", "web": "well", "web2": SICK}, told.append)
    found = {unit: state for unit, state, _ in ends(told)}
    assert found["web2.service"] == "failed"
    assert len([step for step in told if step.kind == "health" and step.state == "begun"]) == 2
    assert len(found) == 2


def test_on_the_way_back_the_old_checks_are_asked(tmp_path: Path) -> None:
    """And a generation that is not well either is told as that."""
    put(managed(tmp_path), WELL)
    put(managed(tmp_path), {**WELL, "web": SICK}, takes_back=False)
    failed = failure(managed(tmp_path), {**WELL, "web": f"{SICK} too"})
    assert (failed.tried, failed.live) == (3, 2)
    assert [trouble.health for trouble in failed.second] == [
        "/ask: ended with 3: it is sick; it had 10 s"
    ]
    assert is_interrupted(tmp_path)
    assert put(managed(tmp_path), WELL).failure is None
    check_all_well(tmp_path)


def test_no_way_back_if_that_is_wanted(tmp_path: Path) -> None:
    put(managed(tmp_path), WELL)
    failed = failure(managed(tmp_path), {**WELL, "web": SICK}, takes_back=False)
    assert (failed.tried, failed.live) == (2, 2)
    assert SICK in running(tmp_path)["web.service"]
    assert (tmp_path / FOLDER / "active").readlink() == Path("gen-001.json")


def test_a_first_deploy_that_is_not_well_leaves_nothing(tmp_path: Path) -> None:
    failed = failure(managed(tmp_path), {**WELL, "web": SICK})
    assert (failed.tried, failed.live, failed.second) == (1, None, ())
    assert running(tmp_path) == {}
    assert live_manifest(target(tmp_path)) is None


def test_a_rollback_asks_as_the_generation_says_that_it_goes_to(tmp_path: Path) -> None:
    put(managed(tmp_path), {**WELL, "web": SICK}, takes_back=False)
    unasked = replace(wish(units(WELL)), activation=activation(managed(tmp_path)))
    assert deploy(managed(tmp_path), unasked, caller()).failure is None
    back = rollback(managed(tmp_path), 1, caller(), activation=activation(managed(tmp_path)))
    assert back.failure is not None
    assert (back.failure.tried, back.failure.live, back.failure.second) == (1, 2, ())


def not_well(here: Target) -> object:
    return put(here, {**WELL, "web": SICK})


def started(here: Target) -> object:
    return put(here, WELL)


def slowly_well(here: Target) -> object:
    return put(here, {"web": SLOW, "new": "x"})


SCENES: dict[str, tuple[list[Command], Command]] = {
    "update": ([started], slowly_well),
    "failing": ([started], not_well),
    "failing first": ([], not_well),
}


scene = scenes_of(SCENES)


@pytest.mark.parametrize("fault", ["kill", "fail"])
def test_stopped_at_any_question_the_next_ends_right(scene: Scene, fault: Fault) -> None:
    for at in (at for at, call in enumerate(scene.calls) if call == "run"):
        here = scene.fresh()
        scene.run(here, at, fault, errno.EIO)
        if is_interrupted(here):
            assert generations(managed(here), lambda _: None).unsettled == "activation interrupted"
        assert put(managed(here), {"web": "well", "last": "x"}).failure is None
        check_all_well(here)


def test_a_broken_unit_is_not_asked(tmp_path: Path) -> None:
    told: list[Step] = []
    put(managed(tmp_path), {**WELL, "web": BROKEN}, told.append)
    assert ends(told) == []


class Counting(Managed):
    """A machine that counts how many are asked at the same time; the first waits for a second."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.lock, self.both = threading.Lock(), threading.Barrier(2)
        self.asked = self.now = self.most = 0

    def run(self, command: Sequence[str], seconds: float) -> Run:
        if command[0] != "systemd-run":
            return super().run(command, seconds)
        with self.lock:
            self.asked, self.now = self.asked + 1, self.now + 1
            self.most, waits = max(self.most, self.now), self.asked <= 2
        if waits:
            self.both.wait(PATIENCE)
        with self.lock:
            self.now -= 1
        return super().run(command, seconds)


def test_units_are_asked_side_by_side_and_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punix.runtime.units.health.AT_ONCE", 2)
    machine = Counting(str(tmp_path))
    here = target(tmp_path, transport=machine)
    assert put(here, {f"web{number}": "well" for number in range(6)}).failure is None
    assert machine.most == 2
    check_all_well(tmp_path)


@dataclass
class Unit:
    """A unit that is well from some moment on, and whose process ends at another."""

    clock: Hurried
    well_from: int
    ends_at: int
    first_good: float | None = None
    questions: int = 0

    def ask(self, _: float) -> str | None:
        self.questions += 1
        if self.clock.now() < self.well_from:
            return "not yet"
        if self.first_good is None:
            self.first_good = self.clock.now()
        return None

    def state(self) -> UnitState:
        restarts = int(self.clock.now() >= self.ends_at)
        return UnitState("active", "running", "success", 1, restarts)


@tried(200)
@given(st.integers(0, 80), st.integers(0, 120), st.integers(1, 60), st.integers(0, 20))
def test_a_gate_is_passed_exactly_by_what_is_well_and_stays_so(
    well_from: int, ends_at: int, within: int, settle: int
) -> None:
    unit = Unit(Hurried(), well_from, ends_at)
    asked = Health(ExecCheck((("/ask",),)), within, settle)
    gate = Gate(UnitName("web.service"), asked, unit.ask, unit.state, unit.clock)
    passed = gate.passes(Stop()) is None
    first = unit.first_good
    assert (first is not None) == (well_from <= within)
    assert passed == (first is not None and not first < ends_at <= first + settle)
    assert unit.clock.now() <= within + settle
    assert unit.questions <= within + settle + 6
