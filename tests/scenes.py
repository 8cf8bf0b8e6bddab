"""Commands on a stack, and what a target is before and after each of them."""

import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faults import Fault, Faulty, Unsynced, memory_folder, stopped
from managed import Managed
from stacks_on_disk import (
    Files,
    bundle,
    caller,
    copy,
    link,
    outside,
    read,
    target,
    tree,
    units,
    wish,
)

from examples import FAULTS
from punix.backends.systemd.transition import transition
from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.records import journal
from punix.runtime.deploy.records.manifest_file import load, numbers
from punix.runtime.deploy.records.pointers import live_manifest
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.transaction.locking import observed
from punix.runtime.files.stop import Stop
from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback, switch
from punix.runtime.units.activation import Activation, Clock
from punix.runtime.units.manager import Systemctl

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


class Hurried(Clock):
    """A clock on which what is waited for is over at once."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float, stop: Stop) -> bool:
        self.time += seconds
        return stop.is_set()


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


OLD_UNITS = {"kept": "kept", "changed": "old", "dropped": "dropped"}
NEW_UNITS = {"kept": "kept", "changed": "new", "added": "added"}


def activation(here: Target, *, takes_back: bool = True) -> Activation:
    return Activation(Systemctl(here.transport.run), transition, takes_back, Hurried())


def started(here: Target) -> object:
    wanted = wish(units(OLD_UNITS, OLD))
    return deploy(here, replace(wanted, activation=activation(here)), caller())


def restarted(here: Target) -> object:
    wanted = wish(units(NEW_UNITS, NEW))
    return deploy(here, replace(wanted, activation=activation(here)), caller())


def units_back(here: Target) -> object:
    return rollback(here, None, caller(), activation=activation(here))


def units_away(here: Target) -> object:
    return remove(here, caller(), activation=activation(here))


def enabled(here: Target) -> object:
    return deploy(here, replace(wish(units(OLD_UNITS, OLD)), enable=True), caller())


def enabled_anew(here: Target) -> object:
    return deploy(here, replace(wish(units(NEW_UNITS, NEW)), enable=True), caller())


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
    "enable": ([enabled], enabled_anew),
    "remove enabled": ([enabled], away),
    "activate first": ([], started),
    "activate": ([started], restarted),
    "remove units": ([started], units_away),
    "roll units back": ([started, restarted], units_back),
}


def managed(root: Path) -> Target:
    """A stack on a folder that is its own service manager."""
    return target(root, transport=Managed(str(root)))


class Scene:
    """What a target is before a command and after it, when nothing goes wrong."""

    def __init__(self, name: str, folder: Path, setup: list[Command], command: Command) -> None:
        self.name, self.folder, self.command = name, folder, command
        self.before, self.after = folder / "before", folder / "after"
        deploy(target(self.before, "Other"), wish(bundle(OTHER, "Other")), caller())
        for step in setup:
            step(managed(self.before))
        shutil.copytree(self.before, self.after, symlinks=True)
        counter = Faulty(Managed(str(self.after)))
        command(target(self.after, transport=counter.as_transport()))
        self.calls = counter.calls
        self.steps = len(counter.calls)

    def fresh(self, like: Path | None = None) -> Path:
        """Return a target as it is before the command, or like another one."""
        here = self.folder / "now"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(like or self.before, here, symlinks=True)
        return here

    def killed(self, at: int) -> Path:
        """Return a target on which the command was killed at a change."""
        there = self.folder / "killed"
        shutil.rmtree(there, ignore_errors=True)
        here = self.fresh()
        self.run(here, at, "kill")
        return here.rename(there)

    def run(self, here: Path, at: int, fault: Fault, error: int = 0) -> None:
        faulty = Faulty(Managed(str(here)), at, fault, error)
        with stopped(), suppress(ProgramError):
            self.command(target(here, transport=faulty.as_transport()))
        assert faulty.fired

    def recover(self, here: Path, machine: type[Local] = Unsynced) -> None:
        if (here / "srv/deploys/HelloStack").exists():
            with observed(target(here, transport=machine(str(here))), lambda _: None) as state:
                assert state == ("activation interrupted" if is_interrupted(here) else None)

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
        assert "journal.json" not in names or is_interrupted(here)
        assert ("current" in names) == ("live" in names) == (live is not None)
        assert (folder / "lock").read_text().startswith("pid ")
        kept = [load(target(here), number) for number in numbers(target(here))]
        assert {name for name in names if name[-1].isdigit()} == {one.tree for one in kept}
        if live:
            assert (folder / "current").readlink() == Path(f"gen-{live.generation:03d}.json")
        if live == was and self.name != "purge":
            before = numbers(target(self.before))
            assert [one.generation for one in kept] == before


def is_interrupted(here: Path) -> bool:
    """Whether a journal says that units may not agree with the files."""
    return journal.pending(target(here)) is not None


def some(points: list[Any], share: int, at_most: int = 1) -> list[Any]:
    """A seeded share of the points; all, or one in `at_most`, where FAULTS=all asks for it."""
    share = at_most if FAULTS else share
    if share == 1:
        return points
    return random.Random(20261123).sample(points, -(-len(points) // share))


def rounds(few: int) -> range:
    """How often a race is run: a few times, or 30 times where FAULTS=all asks for it."""
    return range(30 if FAULTS else few)


def scenes_of(commands: Mapping[str, tuple[list[Command], Command]]) -> Any:
    """Make the fixture `scene` of a module: each command in turn, after those that set it up."""

    @pytest.fixture(scope="module", params=list(commands), name="scene")
    def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
        setup, command = commands[request.param]
        with memory_folder() as folder:
            yield Scene(request.param, folder, setup, command)

    return scene
