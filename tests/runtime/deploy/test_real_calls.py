"""Real system calls of a real process, killed or refused one by one by strace(1)."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL
from typing import NamedTuple

import pytest
from deploy_once import files
from faults import Faulty, Unsynced, memory_folder, stopped
from scenes import some
from stacks_on_disk import DEPLOYS, bundle, caller, link, outside, read, target, wish

from examples import Count
from punix.ir.bundle import Bundle
from punix.runtime.deploy.records.manifest_file import numbers
from punix.runtime.deploy.records.pointers import live_manifest
from punix.runtime.deploy.transaction.locking import observed
from punix.runtime.service.deploy import deploy

pytestmark = pytest.mark.strace

PROGRAM = Path(__file__).parents[2] / "deploy_once.py"
FOLDER = f"{DEPLOYS[1:]}/HelloStack"
CALLS = (
    *("rename", "symlink", "link", "unlink", "unlinkat", "mkdir", "rmdir", "write", "pwrite64"),
    *("ftruncate", "fchmod", "chmod", "utimensat", "fsync", "syncfs"),
)
"""All that change a file system, but for open(2), which is tried in the process itself."""
SAME_CALLS = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Else the first to import a module makes calls that nobody makes after it."""
FAULTS = ("signal=SIGKILL", "error=ENOSPC", "error=EIO")


class Point(NamedTuple):
    """The n-th call of a kind, and what happens to it."""

    call: str
    when: int
    fault: str


class Story:
    """A stack with some generations beside another stack, and a command that a process runs.

    With `interrupted`, a deploy of one more was killed at that change of the target.
    """

    def __init__(
        self, folder: Path, verb: str, generations: str, interrupted: int | None = None
    ) -> None:
        self.verb, self.before, self.after = verb, folder / "before", folder / "after"
        deploy(target(self.before, "Other"), wish(bundle({"/etc/o": link("o")}, "Other")), caller())
        for text in generations:
            deploy(target(self.before), wish(self.bundle(text)), caller())
        self.settled = interrupted is None
        if interrupted is not None:
            killed = Faulty(Unsynced(str(self.before)), interrupted).as_transport()
            with stopped():
                deploy(target(self.before, transport=killed), wish(self.bundle("2")), caller())
        there = (self.before / FOLDER).exists()
        self.was = live_manifest(target(self.before)) if there else None
        shutil.copytree(self.before, self.after, symlinks=True)
        self.calls = Counter(
            line.split("(")[0] for line in self.run(self.after)[1] if line.startswith(CALLS)
        )

    @staticmethod
    def bundle(text: str) -> Bundle:
        return bundle(files("HelloStack", text, 3), "HelloStack")

    def points(self) -> Iterator[Point]:
        for call, count in sorted(self.calls.items()):
            for when in range(1, count + 1):
                yield from (Point(call, when, fault) for fault in FAULTS)

    def run(self, root: Path, inject: Point | None = None) -> tuple[int, list[str]]:
        """Run the command below strace; returns how it ended, and its calls."""
        log = root.with_suffix(".log")
        asked = ["-e", f"trace={','.join(CALLS)}"]
        if inject:
            asked += ["-e", f"inject={inject.call}:{inject.fault}:when={inject.when}"]
        command = ["strace", "-f", f"-o{log}", *asked, sys.executable, str(PROGRAM)]
        done = subprocess.run(
            [*command, str(root), "HelloStack", self.verb, "3"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | SAME_CALLS,
            capture_output=True,
            check=False,
        )
        lines = log.read_text(errors="replace").splitlines()
        return done.returncode, [line.split(maxsplit=1)[-1] for line in lines]

    def check(self, root: Path, returncode: int) -> None:
        """The links are those of one generation; after recovery everything is."""
        steady = [f"/etc/HelloStack/{number}" for number in range(3)]
        seen = [read(root, path) for path in steady]
        assert seen in ([read(one, path) for path in steady] for one in (self.before, self.after))
        if not (root / FOLDER).exists():
            assert outside(root) == outside(self.before)
            return
        with observed(target(root), lambda _: None) as unsettled:
            assert unsettled is None
        live = live_manifest(target(root))
        is_old = self.settled and live == self.was
        wanted = self.before if is_old else self.after
        assert outside(root) == outside(wanted)
        assert live == (self.was if is_old else live_manifest(target(self.after)))
        assert not is_old or returncode != 0
        if (wanted / FOLDER).exists():
            assert numbers(target(root)) == numbers(target(wanted))
        left = [name for name in os.listdir(root / FOLDER) if re.search(r"journal|^\.", name)]
        assert left == []


STAGED, COMMITTED = 25, 31
"""Changes of a deploy at which a tree was staged, and at which the links are being settled."""


@pytest.mark.parametrize(
    ("verb", "generations", "interrupted"),
    [
        ("1", "", None),
        ("2", "1", None),
        ("rollback", "12", None),
        ("switch", "121", None),
        ("remove", "12", None),
        ("recover", "1", STAGED),
        ("recover", "1", COMMITTED),
    ],
)
def test_stopped_at_real_system_calls(
    verb: str, generations: str, interrupted: int | None, record_property: Count
) -> None:
    with memory_folder() as folder:
        story = Story(folder, verb, generations, interrupted)
        assert sum(story.calls.values()) > 5
        points = some(list(story.points()), 12)
        for point in points:
            root = folder / "now"
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(story.before, root, symlinks=True)
            returncode, calls = story.run(root, point)
            fired = returncode == -SIGKILL or any("(INJECTED)" in line for line in calls)
            assert fired, point
            story.check(root, returncode)
        record_property("faults at real system calls", len(points))
