"""Builds, imports, gc and registrations, stopped or failed at every change to the store.

Afterwards whatever the store calls valid is whole and what was needed is there, the same
command goes on, and after the next gc nothing is left of the one that was stopped.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest
from builds import Workshop, derive, fake_entry, fake_name, local
from changes import Changes, heard
from faults import memory_folder, stopped
from pinning import deploy
from scenes import some
from whole import check_tidy, check_whole

from examples import Count
from punix.ir.derivation import Derivation
from punix.ir.diagnostics import ProgramError
from punix.ir.names import RootPath, StoreName
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.store.deployments_roots import register_root
from punix.runtime.store.exchange import export_entries, import_entries
from punix.runtime.store.gc import collect
from punix.runtime.store.pins import PinName, pin
from punix.runtime.store.store import Store

ERRORS = (0, errno.ENOSPC, errno.EIO)
"""What a change fails with; 0: it kills the command."""


class Scene:
    """A store as a command finds it; made anew, in one place, for each run."""

    needed: ClassVar[frozenset[StoreName]]
    """What a pin or a generation keeps, from before the command on."""
    after: ClassVar[frozenset[StoreName]]
    """What is valid after the command, when nothing goes wrong."""

    def __init__(self, folder: Path) -> None:
        self.place, self.before = folder / "now", folder / "before"
        self.store = Store(RootPath(str(self.place / "store")))
        self.store.create()
        self.prepare()
        self.place.rename(self.before)
        self.fresh()
        self.changes = Changes(self.place)
        with heard(self.changes):
            self.command()
        assert frozenset(self.store.names()) == self.after

    def prepare(self) -> None:
        raise NotImplementedError

    def command(self) -> None:
        raise NotImplementedError

    def fresh(self) -> None:
        if self.place.exists():
            for folder, _, _ in os.walk(self.place):
                os.chmod(folder, 0o700)
            shutil.rmtree(self.place)
        shutil.copytree(self.before, self.place, symlinks=True)

    def run(self, at: int, error: int) -> None:
        """Do what the command does until a change, which does not happen."""
        self.fresh()
        changes = Changes(self.place, at, error)
        with heard(changes), stopped(), suppress(OSError, ProgramError):
            self.command()
        assert at < len(changes.seen)


class Building(Scene):
    """A package that mentions another one, which is there; its source has all kinds of files."""

    sandbox: ClassVar[str]

    def orders(self) -> tuple[Derivation, Derivation]:
        library = derive("Lib", "echo lib > $OUTPUT/lib")
        script = ("cp -R . $OUTPUT/src; ln -s src/run $OUTPUT/run; echo ", library, " > $OUTPUT/x")
        return library, derive("App", *script, source=local(self.place / "src"))

    def prepare(self) -> None:
        source = self.place / "src"
        (source / "deep" / "er").mkdir(parents=True)
        (source / "deep" / "er" / "file").write_text("x")
        (source / "run").write_text("#!/bin/sh\n")
        (source / "run").chmod(0o755)
        library, package = self.orders()
        Workshop(self.store, sandbox_named("off")).ok(library)
        pin(self.store, PinName("library"), library.name)
        type(self).needed = frozenset({library.name})
        type(self).after = frozenset({library.name, package.name})

    def command(self) -> None:
        Workshop(self.store, sandbox_named(self.sandbox)).build(*self.orders(), jobs=1)


class BuildingOpen(Building):
    sandbox = "off"


class BuildingInside(Building):
    sandbox = "bubblewrap"


class Collecting(Scene):
    """Entries that a pin and a generation keep, others, and leftovers of every kind."""

    needed = after = frozenset(map(fake_name, (1, 2, 3)))

    def prepare(self) -> None:
        for number, mentions in ((1, [2]), (2, []), (3, []), (4, [5, 2]), (5, [6]), (6, [])):
            fake_entry(self.store, number, mentions)
            self.store.log_path(fake_name(number)).write_text("")
        pin(self.store, PinName("one"), fake_name(1))
        deploy(self.store, self.place / "deploys", 1, 3)
        deploy(self.store, self.place / "gone", 1, 4)
        shutil.rmtree(self.place / "gone")
        for folder in (self.store.path(fake_name(7)), self.store.inner(".tmp", fake_name(8))):
            (folder / "half").mkdir(parents=True)
            (folder / "half" / "file").write_text("")
        (self.store.inner(".trash", fake_name(9)) / "half").mkdir(parents=True)
        self.store.inner(".meta", f".{fake_name(7)}.json.punix").write_text("{")

    def command(self) -> None:
        collect(self.store)


class Importing(Scene):
    """An archive of two entries, one of which is there already."""

    needed = frozenset({fake_name(2)})
    after = frozenset(map(fake_name, (1, 2)))

    def prepare(self) -> None:
        fake_entry(self.store, 1, [2])
        pin(self.store, PinName("two"), fake_entry(self.store, 2))
        with (self.place / "archive").open("wb") as archive:
            export_entries(self.store, [fake_name(1)], archive)
        self.store.quarantine(fake_name(1))

    def command(self) -> None:
        with (self.place / "archive").open("rb") as archive:
            list(import_entries(self.store, archive, print))


class Keeping(Scene):
    """Two ways to keep an entry, one of which is there already."""

    needed = after = frozenset({fake_name(1)})

    def prepare(self) -> None:
        fake_entry(self.store, 1)
        pin(self.store, PinName("one"), fake_name(1))
        (self.place / "deploys").mkdir()

    def command(self) -> None:
        pin(self.store, PinName("one"), fake_name(1))
        pin(self.store, PinName("two"), fake_name(1))
        register_root(self.store, self.place / "deploys")


INSIDE = pytest.param(BuildingInside, marks=pytest.mark.sandbox)


@pytest.fixture(scope="module", params=[BuildingOpen, INSIDE, Importing, Collecting, Keeping])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    with memory_folder() as folder:
        make: Callable[[Path], Scene] = request.param
        yield make(folder)


@pytest.mark.parametrize("error", ERRORS)
def test_stopped_at_every_change(scene: Scene, error: int, record_property: Count) -> None:
    points = some(
        [(at, tidy) for at in range(len(scene.changes.seen)) for tidy in (False, True)], 9
    )
    for at, tidy in points:
        scene.run(at, error)
        check_whole(scene.store, scene.needed)
        if tidy:
            collect(scene.store)
            check_tidy(scene.store, scene.needed)
        scene.command()
        assert frozenset(scene.store.names()) == scene.after
        check_whole(scene.store, scene.needed)
        collect(scene.store)
        check_tidy(scene.store, scene.needed)
    record_property("changes of the store at which a command stopped", len(points))


def test_stopped_and_stopped_again(scene: Scene, record_property: Count) -> None:
    """The second time may be any time: whole commands, so that all pairs would take an hour."""
    size = len(scene.changes.seen)
    points = some([(a, b) for a in range(size) for b in range(size)], 300, at_most=20)
    for first, second in points:
        scene.run(first, 0)
        with heard(Changes(scene.place, second)), stopped():
            scene.command()
        check_whole(scene.store, scene.needed)
        scene.command()
        assert frozenset(scene.store.names()) == scene.after
        collect(scene.store)
        check_tidy(scene.store, scene.needed)
    record_property("pairs of changes of the store at which commands stopped", len(points))
