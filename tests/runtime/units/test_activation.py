"""Units follow files: what the service manager is asked, and what a crash leaves to the next."""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from faults import Fault, memory_folder
from managed import BROKEN, Managed, running
from scenes import (
    NEW,
    NEW_UNITS,
    OLD,
    OLD_UNITS,
    Command,
    Scene,
    activation,
    is_interrupted,
    managed,
    restarted,
    scenes_of,
    some,
    started,
    units_away,
    units_back,
)
from stacks_on_disk import UNITS, bundle, caller, target, units, wish

from punix.backends.systemd.transition import transition
from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.records import journal
from punix.runtime.deploy.records.journal import Journal
from punix.runtime.deploy.records.pointers import live_manifest, point
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.transport import Run
from punix.runtime.deploy.transaction.listing import generations
from punix.runtime.service.deploy import deploy
from punix.runtime.service.outcome import Outcome
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback, switch
from punix.runtime.units.activation import Activation
from punix.runtime.units.manager import Systemctl

FAILING_UNITS = {**NEW_UNITS, "changed": BROKEN}
FOLDER = "srv/deploys/HelloStack"


def failing(here: Target) -> object:
    """A deploy whose units fail, so that it goes back."""
    return put(here, FAILING_UNITS)


def put(here: Target, texts: Mapping[str, str], **more: bool) -> Outcome:
    wanted = wish(units(texts, NEW if "added" in texts else OLD))
    return deploy(here, replace(wanted, activation=activation(here, **more)), caller())


def wanted(root: Path) -> dict[str, str]:
    """What every unit that is live says."""
    folder = root / UNITS[1:]
    return {path.name: path.read_text() for path in folder.iterdir()} if folder.exists() else {}


def check_all_run(root: Path) -> None:
    """Every unit of the live generation runs as its file says, and no other does."""
    live = live_manifest(target(root))
    assert live is not None
    assert running(root) == wanted(root)
    assert (root / FOLDER / "active").readlink() == Path(f"gen-{live.generation:03d}.json")
    assert not (root / FOLDER / "journal.json").exists()


SCENES: dict[str, tuple[list[Command], Command]] = {
    "first": ([], started),
    "update": ([started], restarted),
    "rollback": ([started, restarted], units_back),
    "remove": ([started], units_away),
    "failing first": ([], failing),
    "failing": ([started], failing),
}


scene = scenes_of(SCENES)


@pytest.mark.parametrize("texts", [OLD_UNITS, NEW_UNITS], ids=["old", "new"])
@pytest.mark.parametrize("fault", ["kill", "fail"])
def test_the_next_activation_ends_right(
    scene: Scene, fault: Fault, texts: Mapping[str, str]
) -> None:
    """After a crash, or a refusal, at any change of files and any command to the manager."""
    for at in some(list(range(scene.steps)), 6):
        here = scene.fresh()
        scene.run(here, at, fault, errno.EIO)
        assert put(managed(here), texts).failure is None
        check_all_run(here)


def test_files_may_change_before_units_are_resumed(scene: Scene) -> None:
    """A deploy that leaves units alone does not forget that they are to be looked at."""
    for at in some(list(range(scene.steps)), 8):
        here = scene.fresh()
        scene.run(here, at, "kill")
        deploy(managed(here), wish(units({"changed": "other"})), caller())
        assert put(managed(here), NEW_UNITS).failure is None
        check_all_run(here)


def test_unless_interrupted_it_ends_as_planned(scene: Scene) -> None:
    assert running(scene.after) == wanted(scene.after)
    assert not (scene.after / FOLDER / "journal.json").exists()


def commands(root: Path, texts: Mapping[str, str]) -> list[str]:
    """What a deploy asks of the manager, but for looks."""
    counter = Recorder(str(root))
    put(target(root, transport=counter), texts)
    return counter.commands


class Recorder(Managed):
    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.commands: list[str] = []

    def run(self, command: Sequence[str], seconds: float) -> Run:
        line = " ".join(command)
        if " show " not in line:
            self.commands.append(line.removeprefix("systemctl ").replace(".service", ""))
        return super().run(command, seconds)


def test_only_what_changed_is_touched_and_removed_units_stop_first(tmp_path: Path) -> None:
    names = "changed dropped kept"
    assert commands(tmp_path, OLD_UNITS) == [
        "daemon-reload",
        f"reset-failed -- {names}",
        f"start -- {names}",
    ]
    assert commands(tmp_path, NEW_UNITS) == [
        "stop -- dropped",
        "daemon-reload",
        "reset-failed -- dropped added changed",
        "restart -- changed",
        "start -- added",
    ]
    assert commands(tmp_path, NEW_UNITS) == ["daemon-reload"]


def test_the_first_activation_starts_what_is_live_already(tmp_path: Path) -> None:
    deploy(managed(tmp_path), wish(units(OLD_UNITS, OLD)), caller())
    assert put(managed(tmp_path), OLD_UNITS).failure is None
    check_all_run(tmp_path)


def test_a_removal_that_was_killed_is_ended_by_the_next() -> None:
    with memory_folder() as folder:
        scene = Scene("remove", folder, [started], units_away)
        last = max(at for at, call in enumerate(scene.calls) if call == "run")
        here = scene.fresh()
        scene.run(here, last, "kill")
        units_away(managed(here))
        assert running(here) == {}
        assert not (here / FOLDER / "active").exists()
        assert not (here / FOLDER / "journal.json").exists()
        with pytest.raises(ProgramError, match="E26"):
            units_away(managed(here))


def test_what_fails_after_a_removal_that_was_killed_brings_nothing_back() -> None:
    with memory_folder() as folder:
        scene = Scene("remove", folder, [started], units_away)
        last = max(at for at, call in enumerate(scene.calls) if call == "run")
        here = scene.fresh()
        scene.run(here, last, "kill")
        assert is_interrupted(here)
        failure = put(managed(here), FAILING_UNITS).failure
        assert failure is not None
        assert (failure.live, failure.second) == (None, ())
        assert running(here) == {}


def test_after_remove_units_are_started_again(tmp_path: Path) -> None:
    started(managed(tmp_path))
    remove(managed(tmp_path), caller())
    for unit in list(running(tmp_path)):
        managed(tmp_path).transport.run(("systemctl", "stop", "--", unit), 1)
    switch(managed(tmp_path), 1, caller(), activation=activation(managed(tmp_path)))
    check_all_run(tmp_path)


def test_a_path_that_is_refused_leaves_units_running(tmp_path: Path) -> None:
    started(managed(tmp_path))
    before = running(tmp_path)
    (tmp_path / "etc/added").write_text("theirs")
    with pytest.raises(ProgramError, match="E21"):
        put(managed(tmp_path), NEW_UNITS)
    assert running(tmp_path) == before
    check_all_run(tmp_path)


def test_an_interrupted_activation_is_told_by_every_command() -> None:
    with memory_folder() as folder:
        scene = Scene("update", folder, [started], restarted)
        here = scene.fresh()
        last = max(at for at, call in enumerate(scene.calls) if call == "run")
        scene.run(here, last, "kill")
        told: list[str] = []
        assert generations(managed(here), told.append).unsettled == "activation interrupted"
        rollback(managed(here), None, caller(told.append))
        assert len([line for line in told if "activation was interrupted" in line]) == 2
        assert is_interrupted(here)
        remove(managed(here), caller(), purge=True)
        assert not (here / FOLDER / "journal.json").exists()


def test_a_failure_on_the_way_back_is_told_and_stays_to_be_resumed(tmp_path: Path) -> None:
    put(managed(tmp_path), OLD_UNITS)
    put(managed(tmp_path), {**OLD_UNITS, "changed": BROKEN}, takes_back=False)
    failure = put(managed(tmp_path), {**OLD_UNITS, "changed": f"{BROKEN} again"}).failure
    assert failure is not None
    assert (failure.tried, failure.live) == (3, 2)
    assert [trouble.unit for trouble in failure.second] == ["changed.service"]
    assert is_interrupted(tmp_path)
    put(managed(tmp_path), OLD_UNITS)
    check_all_run(tmp_path)


def test_the_way_back_starts_what_may_never_have_run(tmp_path: Path) -> None:
    """What went before changed files alone: its unit is tried, and its failure told."""
    put(managed(tmp_path), OLD_UNITS)
    deploy(managed(tmp_path), wish(units({**OLD_UNITS, "changed": BROKEN}, OLD)), caller())
    failure = put(managed(tmp_path), {**NEW_UNITS, "changed": BROKEN}).failure
    assert failure is not None
    assert (failure.tried, failure.live) == (3, 2)
    assert [trouble.unit for trouble in failure.second] == ["changed.service"]


def test_the_way_back_of_one_that_resumed_starts_what_was_stopped(tmp_path: Path) -> None:
    here = managed(tmp_path)
    put(here, OLD_UNITS)
    journal.write(here, Journal("deploy", 1, 1, None, (), 1, "here", "activate", True, (1,)))
    here.transport.run(("systemctl", "stop", "--", "kept.service"), 1)
    failure = put(here, FAILING_UNITS).failure
    assert failure is not None
    assert (failure.live, failure.second) == (1, ())
    check_all_run(tmp_path)


def test_what_fails_after_an_interruption_goes_back_to_what_was_activated_last(
    tmp_path: Path,
) -> None:
    here = managed(tmp_path)
    put(here, OLD_UNITS)
    put(here, FAILING_UNITS, takes_back=False)
    journal.write(here, Journal("deploy", 1, 2, None, (), 1, "here", "activate", True, (1, 2)))
    failure = put(here, {**FAILING_UNITS, "kept": f"{BROKEN} too"}).failure
    assert failure is not None
    assert (failure.tried, failure.live, failure.second) == (3, 1, ())
    assert not is_interrupted(tmp_path)
    check_all_run(tmp_path)


def test_what_was_activated_last_and_fails_now_goes_back_to_what_is_live(tmp_path: Path) -> None:
    """The machine may be another by now: nothing proven is left."""
    here = managed(tmp_path)
    put(here, {**OLD_UNITS, "changed": BROKEN}, takes_back=False)
    point(here, "active", "gen-001.json")
    put(here, NEW_UNITS, takes_back=False)
    point(here, "active", "gen-001.json")
    journal.write(here, Journal("deploy", 1, 2, None, (), 1, "here", "activate", True, (1, 2)))
    failure = rollback(here, None, caller(), activation=activation(here)).failure
    assert failure is not None
    assert (failure.tried, failure.live, failure.second) == (1, 2, ())


def test_what_is_live_again_keeps_the_generation_before_it(tmp_path: Path) -> None:
    here = managed(tmp_path)
    put(here, OLD_UNITS)
    put(here, NEW_UNITS)
    wanted = replace(wish(units(FAILING_UNITS, NEW), keep=1), activation=activation(here))
    failure = deploy(here, wanted, caller()).failure
    assert (failure and failure.live) == 2
    assert rollback(here, None, caller(), activation=activation(here)).live.generation == 1
    check_all_run(tmp_path)


def test_what_was_stopped_is_not_forgotten_where_nothing_goes_back(tmp_path: Path) -> None:
    here = managed(tmp_path)
    put(here, OLD_UNITS)
    journal.write(here, Journal("deploy", 1, 1, None, (), 1, "here", "activate", True, (1,)))
    here.transport.run(("systemctl", "stop", "--", "kept.service"), 1)
    assert put(here, FAILING_UNITS, takes_back=False).failure is not None
    assert put(here, NEW_UNITS).failure is None
    check_all_run(tmp_path)


def test_a_thousand_failures_are_no_thousand_questions(tmp_path: Path) -> None:
    counter = Recorder(str(tmp_path))
    failure = put(target(tmp_path, transport=counter), {f"u{n}": BROKEN for n in range(99)}).failure
    assert failure is not None
    assert len(failure.troubles) == 99
    asked = [line for line in counter.commands if line.startswith("journalctl")]
    assert (asked[0], len(asked)) == ("journalctl --sync", 1 + 20)


def test_what_cannot_be_asked_is_not_taken_for_interrupted(tmp_path: Path) -> None:
    class Deaf(Managed):
        def run(self, command: Sequence[str], _: float) -> Run:
            raise FileNotFoundError(errno.ENOENT, "not there", command[0])

    started(managed(tmp_path))
    with pytest.raises(ProgramError, match="E29"):
        restarted(target(tmp_path, transport=Deaf(str(tmp_path))))
    assert not is_interrupted(tmp_path)
    check_all_run(tmp_path)


def test_what_no_manager_here_takes_is_refused_before_anything_changes(tmp_path: Path) -> None:
    wanted = replace(bundle({"/etc/x": OLD["/etc/same"]}), scope="user")
    here = managed(tmp_path)
    with pytest.raises(ProgramError, match="E34"):
        deploy(here, replace(wish(wanted), activation=activation(here)), caller())
    assert not (tmp_path / "etc").exists()


def test_a_stack_does_not_change_its_manager_while_its_units_run(tmp_path: Path) -> None:
    here = managed(tmp_path)
    started(here)
    before = running(tmp_path)
    users = Activation(Systemctl(here.transport.run, "user"), transition)
    with pytest.raises(ProgramError, match="gen-001 is live, of backend 'systemd', scope 'system'"):
        deploy(here, replace(wish(replace(bundle({}), scope="user")), activation=users), caller())
    with pytest.raises(ProgramError, match="E34"):
        remove(here, caller(), activation=users)
    assert running(tmp_path) == before
    check_all_run(tmp_path)
