"""The power goes after any change of a command: on a disk, only what was synced is left."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from disks import Disk, disk
from faults import Faulty, memory_folder, stopped
from scenes import COMMANDS, NEW, Scene, some
from stacks_on_disk import bundle, caller, outside, read, target, wish

from examples import Count
from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.records.manifest_file import numbers
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.transaction.verify import verify
from punix.runtime.service.deploy import deploy

pytestmark = [
    pytest.mark.power_cut,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk"),
]


@pytest.fixture(scope="module", params=["ext4", "xfs"])
def a_disk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Disk]:
    with disk(tmp_path_factory.mktemp("disk"), request.param) as made:
        yield made


def put(scene: Scene, disk: Disk) -> Path:
    """Bring a disk to what the target is before the command, all of it durable."""
    root = disk.folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(scene.before, root, symlinks=True)
    os.sync()
    return root


@pytest.mark.parametrize("name", ["first deploy", "update", "rollback", "remove", "adopt"])
def test_the_power_goes_at_every_change(a_disk: Disk, name: str, record_property: Count) -> None:
    with memory_folder() as folder:
        scene = Scene(name, folder, *COMMANDS[name])
        points = some(list(range(scene.steps + 1)), 6)
        for at in points:
            root = put(scene, a_disk)
            faulty = Faulty(Local(str(root)), at if at < scene.steps else -1, "kill")
            with stopped(), suppress(ProgramError):
                scene.command(target(root, transport=faulty.as_transport()))
            assert faulty.fired == (at < scene.steps)
            a_disk.cut()
            scene.check_links(root)
            scene.recover(root, Local)
            scene.check(root)
            if at == scene.steps:
                assert outside(root) == outside(scene.after)
        record_property("power cuts", len(points))


def test_a_disk_that_is_really_full_changes_nothing(a_disk: Disk) -> None:
    files = {path: file for path, file in NEW.items() if "to-" not in path}
    root, ballast = a_disk.folder / "root", a_disk.folder / "ballast"
    refused = 0
    shutil.rmtree(root, ignore_errors=True)
    here = target(root, transport=Local(str(root)))
    deploy(here, wish(bundle({"/etc/changed": NEW["/etc/same"]})), caller())
    before = outside(root)
    for spare in (0, *(8 << power for power in range(12))):  # KiB
        fill(ballast, spare << 10)
        try:
            deploy(here, wish(bundle(files)), caller())
        except ProgramError as problem:
            assert "No space left on device" in str(problem)
            refused += 1
        else:
            break
        assert outside(root) == before
        assert verify(here, caller()).drifts == ()
        assert numbers(here) == [1]
    assert refused > 0
    assert {path: read(root, path) for path in files} == {p: f.text for p, f in files.items()}


def fill(ballast: Path, spare: int) -> None:
    """Take all room of a disk but about so many bytes."""
    descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):  # that the disk is full is the aim
                while os.write(descriptor, b"x" * size):
                    os.fsync(descriptor)
        os.ftruncate(descriptor, max(0, os.fstat(descriptor).st_size - spare))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
