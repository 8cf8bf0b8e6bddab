"""Every command, stopped or failed at every change that it makes, and again in recovery."""

import errno
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from faults import Fault, Faulty, Full, Unsynced, memory_folder, stopped
from scenes import COMMANDS, NEW, OLD, Scene, first, is_interrupted, scenes_of, some, update
from stacks_on_disk import bundle, caller, outside, read, target, wish

from examples import Count
from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.records.manifest_file import numbers
from punix.runtime.deploy.records.pointers import live_manifest
from punix.runtime.deploy.transaction.locking import observed
from punix.runtime.deploy.transaction.verify import verify
from punix.runtime.service.deploy import deploy

scene = scenes_of(COMMANDS)


@pytest.mark.parametrize("fault", ["kill", "half"])
def test_killed_at_every_change(scene: Scene, fault: Fault, record_property: Count) -> None:
    whole = scene.name == "update" and fault == "kill"
    points = some(list(range(scene.steps)), 1 if whole else 6)
    for at in points:
        here = scene.fresh()
        scene.run(here, at, fault)
        scene.check_links(here)
        scene.recover(here)
        scene.check_links(here)
        scene.check(here)
    record_property("commands killed at a change", len(points))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("fault", ["fail", "fail-all"])
def test_refused_at_every_change(
    scene: Scene, fault: Fault, error: int, record_property: Count
) -> None:
    points = some(list(range(scene.steps)), 6)
    for at in points:
        here = scene.fresh()
        scene.run(here, at, fault, error)
        scene.check_links(here)
        if fault == "fail":
            left = (here / "srv/deploys/HelloStack/journal.json").exists()
            assert not left or is_interrupted(here)
        scene.recover(here)
        scene.check(here)
    record_property("commands refused a change", len(points))


@pytest.mark.parametrize("fault", ["kill", "fail"])
def test_recovery_fails_too(scene: Scene, fault: Fault, record_property: Count) -> None:
    """Every change of every recovery, until none is left at which it could fail."""
    pairs = 0
    for at in some(list(range(scene.steps)), 40):
        killed, changes = scene.killed(at), count()
        while fails_in_recovery(scene, scene.fresh(killed), next(changes), fault):
            pairs += 1
    record_property("recoveries stopped at a change", pairs)


def fails_in_recovery(scene: Scene, here: Path, at: int, fault: Fault) -> bool:
    """Stop the recovery at a change, and mend that; returns whether it has so many changes."""
    faulty = Faulty(Unsynced(str(here)), at, fault, errno.EIO)
    if (here / "srv/deploys/HelloStack").exists():
        with (
            stopped(),
            suppress(ProgramError),
            observed(target(here, transport=faulty.as_transport()), lambda _: None),
        ):
            pass
    scene.check_links(here)
    scene.recover(here)
    scene.check(here)
    return faulty.fired


@pytest.mark.parametrize("at_commit", [False, True])
def test_an_unreadable_journal_means_reconcile(at_commit: bool) -> None:
    with memory_folder() as folder:
        scene = Scene("update", folder, [first], update)
        counter = Faulty(Unsynced(str(scene.fresh())))
        scene.command(target(folder / "now", transport=counter.as_transport()))
        flip = ["make_link", "rename"] * 2  # current, live
        start = next(at for at in range(scene.steps) if counter.calls[at : at + 4] == flip)
        here = scene.fresh()
        scene.run(here, start + 4 if at_commit else start + 3, "kill")
        (here / "srv/deploys/HelloStack/journal.json").write_text("{")
        scene.recover(here)
        manifest = live_manifest(target(here))
        assert manifest is not None
        assert manifest.generation == (2 if at_commit else 1)
        assert outside(here) == outside(scene.after if at_commit else scene.before)


def test_a_lost_live_is_set_from_current(tmp_path: Path) -> None:
    first(target(tmp_path))
    (tmp_path / "srv/deploys/HelloStack/live").unlink()
    notices: list[str] = []
    with observed(target(tmp_path), notices.append):
        assert read(tmp_path, "/etc/same") == "same"
    assert notices == ["stack HelloStack: 'live' was missing: set to gen-001"]


@pytest.mark.parametrize("scarce", ["inodes", "bytes"])
def test_a_full_disk_changes_nothing(scarce: str) -> None:
    """Every amount of room that is too little, until it is enough; no mending needs more."""
    files = {path: file for path, file in NEW.items() if "to-" not in path}
    with memory_folder() as folder:
        first(target(folder))
        before = outside(folder)
        entries = list(folder.rglob("*"))
        inodes, size = len(entries), sum(len(path.read_bytes()) for path in files_of(entries))
        for step in range(1000):
            transport = Full(str(folder), 10**6, size + step * 200)
            if scarce == "inodes":
                transport = Full(str(folder), inodes + step, 10**9)
            here = target(folder, transport=transport)
            try:
                deploy(here, wish(bundle(files)), caller())
            except ProgramError as problem:
                assert "No space left on device" in str(problem)
            else:
                break
            assert outside(folder) == before
            assert verify(here, caller()).drifts == ()
            assert numbers(here) == [1]
        assert step > 5
        assert {path: read(folder, path) for path in files} == {p: f.text for p, f in files.items()}


def files_of(entries: list[Path]) -> Iterator[Path]:
    return (path for path in entries if path.is_file() and not path.is_symlink())


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ("hard_link", "undid an interrupted deploy: gen-001 is live"),
        ("remove_folder", "finished an interrupted deploy: gen-002 is live"),
    ],
)
def test_a_command_that_fails_says_what_is_live(tmp_path: Path, change: str, wanted: str) -> None:
    counter = Faulty(Unsynced(str(tmp_path / "counted")))
    for root in (target(tmp_path / "counted"), target(tmp_path / "here")):
        deploy(root, wish(bundle(OLD)), caller())
    deploy(
        target(tmp_path / "counted", transport=counter.as_transport()), wish(bundle(NEW)), caller()
    )
    faulty = Faulty(
        Unsynced(str(tmp_path / "here")), counter.calls.index(change), "fail", errno.EIO
    )
    told: list[str] = []
    with pytest.raises(ProgramError, match="E29"):
        deploy(
            target(tmp_path / "here", transport=faulty.as_transport()),
            wish(bundle(NEW)),
            caller(told.append),
        )
    assert told == [f"stack HelloStack: {wanted}"]
