"""Every command, stopped or failed at every change that it makes, and again in recovery."""

import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faults import Fault, Faulty, Full, Unsynced, memory_folder, stopped
from stacks_on_disk import Files, bundle, caller, copy, link, outside, read, target, tree, wish

from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.generations import deploy, remove, rollback, switch
from punix.runtime.deploy.layout import Target
from punix.runtime.deploy.live import live_manifest
from punix.runtime.deploy.manifest_file import load, numbers
from punix.runtime.deploy.session import observed
from punix.runtime.deploy.verify import verify

OLD: Files = {
    "/etc/same": link("same"),
    "/etc/changed": link("old"),
    "/etc/dropped/deep/file": link("dropped"),
    "/etc/to-folder": link("file"),
    "/etc/to-file/x": link("x"),
    "/etc/copy": copy("old copy"),
    "/etc/copy-dropped": copy("dropped copy"),
    "/etc/link-to-copy": link("ltc"),
    "/etc/copy-to-link": copy("ctl"),
}
NEW: Files = {
    "/etc/same": link("same"),
    "/etc/changed": link("new"),
    "/etc/added/deep/file": link("added"),
    "/etc/to-folder/y": link("y"),
    "/etc/to-file": link("file"),
    "/etc/copy": copy("new copy", 0o755),
    "/etc/copy-added": copy("added copy"),
    "/etc/link-to-copy": copy("ltc"),
    "/etc/copy-to-link": link("ctl"),
}
STEADY = ("/etc/same", "/etc/changed", "/etc/dropped/deep/file", "/etc/added/deep/file")
SECRET = {"web.env": "DB"}
OTHER: Files = {"/etc/other": link("other"), "/etc/other-copy": copy("other")}

Command = Callable[[Target], object]


def update(here: Target) -> object:
    return deploy(here, wish(bundle(NEW, secrets=SECRET), {"DB": "s3cret"}), caller())


def first(here: Target) -> object:
    return deploy(here, wish(bundle(OLD, secrets=SECRET), {"DB": "s3cret"}), caller())


def foreign(here: Target) -> object:
    """Somebody else's files and link where the next generation has links and a copy."""
    folder = Path(here.transport.root) / "etc"
    (folder / "theirs").mkdir()
    (folder / "theirs/link").symlink_to("nowhere")
    return [(folder / name).write_text("theirs") for name in ("theirs/file", "copy-added")]


ADOPTED: Files = {**NEW, "/etc/theirs/file": link("ours"), "/etc/theirs/link": link("ours")}


def adopting(here: Target) -> object:
    return deploy(here, replace(wish(bundle(ADOPTED)), adopt=True), caller())


def trimmed(here: Target) -> object:
    return deploy(here, wish(bundle(NEW), keep=1), caller())


def back(here: Target) -> object:
    return rollback(here, None, caller())


def forward(here: Target) -> object:
    return switch(here, 3, caller())


def away(here: Target) -> object:
    return remove(here, caller())


def purged(here: Target) -> object:
    return remove(here, caller(), purge=True)


COMMANDS: dict[str, tuple[list[Command], Command]] = {
    "first deploy": ([], first),
    "update": ([first], update),
    "same content": ([first], first),
    "trim": ([first, first, update, first], trimmed),
    "rollback": ([first, update], back),
    "rollback in one tree": ([first, first], back),
    "remove": ([first, update], away),
    "purge": ([first], purged),
    "deploy again": ([first, update, away], first),
    "switch after remove": ([first, first, update, away], forward),
    "adopt": ([first, foreign], adopting),
    "rollback from adopted": ([first, foreign, adopting], back),
    "remove adopted": ([first, foreign, adopting], away),
    "switch": ([first, first, update, back], forward),
}


class Scene:
    """What a target is before a command and after it, when nothing goes wrong."""

    def __init__(self, name: str, folder: Path, setup: list[Command], command: Command) -> None:
        self.name, self.folder, self.command = name, folder, command
        self.before, self.after = folder / "before", folder / "after"
        deploy(target(self.before, "Other"), wish(bundle(OTHER, "Other")), caller())
        for step in setup:
            step(target(self.before))
        shutil.copytree(self.before, self.after, symlinks=True)
        counter = Faulty(Unsynced(str(self.after)))
        command(target(self.after, transport=counter.as_transport()))
        self.steps = len(counter.calls)

    def fresh(self) -> Path:
        here = self.folder / "now"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(self.before, here, symlinks=True)
        return here

    def run(self, here: Path, at: int, fault: Fault, error: int = 0) -> None:
        faulty = Faulty(Unsynced(str(here)), at, fault, error)
        with stopped(), suppress(ProgramError):
            self.command(target(here, transport=faulty.as_transport()))
        assert faulty.fired

    def recover(self, here: Path) -> None:
        if (here / "srv/deploys/HelloStack").exists():
            with observed(target(here), lambda _: None) as state:
                assert state is None

    def check_links(self, here: Path) -> None:
        """Linked files are wholly old or wholly new, whatever else is half-done."""
        seen = [read(here, path) for path in STEADY]
        assert seen in ([read(root, path) for path in STEADY] for root in (self.before, self.after))

    def check(self, here: Path) -> None:
        """Everything agrees with `live`, and nothing is left over."""
        folder = here / "srv/deploys/HelloStack"
        live = live_manifest(target(here)) if folder.exists() else None
        was = live_manifest(target(self.before))
        wanted = self.before if live == was else self.after
        assert outside(here) == outside(wanted)
        assert tree(here / "srv/deploys/Other") == tree(self.before / "srv/deploys/Other")
        if not folder.exists():
            return
        names = {path.name for path in folder.iterdir()}
        assert not [name for name in names if name.startswith(".")]
        assert "journal.json" not in names
        assert ("current" in names) == ("live" in names) == (live is not None)
        assert (folder / "lock").read_text().startswith("pid ")
        kept = [load(target(here), number) for number in numbers(target(here))]
        assert {name for name in names if name[-1].isdigit()} == {one.tree for one in kept}
        if live:
            assert (folder / "current").readlink() == Path(f"gen-{live.generation:03d}.json")
        if live == was and self.name != "purge":
            before = numbers(target(self.before))
            assert [one.generation for one in kept] == before


@pytest.fixture(scope="module", params=list(COMMANDS))
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    setup, command = COMMANDS[request.param]
    with memory_folder() as folder:
        yield Scene(request.param, folder, setup, command)


def some(points: list[Any], share: int) -> list[Any]:
    """A seeded share of the points; all of them where FAULTS=all asks for it."""
    if share == 1 or os.environ.get("FAULTS") == "all":
        return points
    return random.Random(20261123).sample(points, -(-len(points) // share))


@pytest.mark.parametrize("fault", ["kill", "half"])
def test_killed_at_every_change(scene: Scene, fault: Fault) -> None:
    whole = scene.name == "update" and fault == "kill"
    for at in some(list(range(scene.steps)), 1 if whole else 6):
        here = scene.fresh()
        scene.run(here, at, fault)
        scene.check_links(here)
        scene.recover(here)
        scene.check_links(here)
        scene.check(here)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("fault", ["fail", "fail-all"])
def test_refused_at_every_change(scene: Scene, fault: Fault, error: int) -> None:
    for at in some(list(range(scene.steps)), 6):
        here = scene.fresh()
        scene.run(here, at, fault, error)
        scene.check_links(here)
        if fault == "fail":
            assert not (here / "srv/deploys/HelloStack/journal.json").exists()
        scene.recover(here)
        scene.check(here)


@pytest.mark.parametrize("fault", ["kill", "fail"])
def test_recovery_fails_too(scene: Scene, fault: Fault) -> None:
    for one, other in some([(a, b) for a in range(scene.steps) for b in range(40)], 300):
        here = scene.fresh()
        scene.run(here, one, "kill")
        again = Faulty(Unsynced(str(here)), other, fault, errno.EIO)
        if (here / "srv/deploys/HelloStack").exists():
            with (
                stopped(),
                suppress(ProgramError),
                observed(target(here, transport=again.as_transport()), lambda _: None),
            ):
                pass
        scene.check_links(here)
        scene.recover(here)
        scene.check(here)


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
