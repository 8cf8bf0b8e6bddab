"""A plan against what systemd then does to units, over random changes of a stack.

What systemd did is told by its own facts: the invocation of a unit, its main process, and when
its state changed last, which a reload does too. `make fuzz` makes five hundred such turns.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from patience import until
from stacks import HELLO, closure, config, service, socket, timer
from stacks_on_disk import STORE, caller, wish

from examples import FUZZ, FUZZ_FROM
from punix.cli.compiling.pipeline import bundle_of
from punix.cli.service.plan import removal
from punix.cli.service.planned import plan_for
from punix.ir.bundle import Bundle
from punix.ir.names import ModuleName, StoreName
from punix.ir.plan import UnitAction
from punix.ir.stack import Service
from punix.ir.text import Secret
from punix.runtime.deploy.staging.secrets import LocalSecrets
from punix.runtime.deploy.transaction.listing import live
from punix.runtime.service.baseline import read_baseline
from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.units.outdated_units import outdated_units
from punix.runtime.units.status import status

from .conftest import Shared, activation, here

pytestmark = [pytest.mark.systemd, pytest.mark.fuzz]

TURNS = 32
BATCHES = 1 + FUZZ // 3

NEWER = StoreName("bbcdefghijklmnopqrstuvwxyz234567-hello-1.1")
PROGRAM = "#!/bin/sh\ntrap '' HUP\nsleep 100000 &\nwait\n"
NAMES = ("a", "b", "c", "d", "e")
KINDS = ("service", "timer", "socket")
UNITS = tuple(f"{name}.{kind}" for name in NAMES for kind in KINDS)
PATHS = ("/etc/one", "/etc/two", "/etc/three")
FACTS = "Id,ActiveState,MainPID,InvocationID,StateChangeTimestampMonotonic"


@dataclass(frozen=True)
class Shape:
    """A random service. It reads `path`, and may require the service before it."""

    argument: int
    package: StoreName
    path: str | None
    requires: bool
    secret: bool
    reloads: bool
    timer: str | None
    socket: str | None


@dataclass
class Random:
    """A random stack, which changes a little from turn to turn."""

    chance: random.Random
    services: dict[str, Shape] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    secret: int = 1

    def change(self) -> None:
        """Change one thing, or a few."""
        for _ in range(self.chance.choice((0, 1, 1, 1, 2, 3))):
            self.chance.choice((self._service, self._service, self._file, self._secret))()

    def _service(self) -> None:
        name = self.chance.choice(NAMES)
        if name not in self.services:
            self.services[name] = self._shape()
        elif self.chance.random() < 0.3:
            del self.services[name]
        else:
            fresh, known = self._shape(), self.services[name]
            one = self.chance.choice([*Shape.__match_args__])
            self.services[name] = replace(known, **{one: getattr(fresh, one)})

    def _shape(self) -> Shape:
        pick = self.chance.choice
        return Shape(
            pick((1, 2)),
            pick((HELLO, NEWER)),
            pick((None, *PATHS)),
            pick((False, True)),
            pick((False, True)),
            pick((False, True)),
            pick((None, None, "2100-01-01", "2101-01-01")),
            pick((None, None, "1", "2")),
        )

    def _file(self) -> None:
        path = self.chance.choice(PATHS)
        if path in self.files and self.chance.random() < 0.3:
            del self.files[path]
        else:
            self.files[path] = self.files.get(path, 0) + 1

    def _secret(self) -> None:
        self.secret += 1

    def bundle(self) -> Bundle:
        services: list[Service] = []
        for name, shape in sorted(self.services.items()):
            before = [one.name for one in services[-1:] if one.socket or not one.timer]
            services.append(_service(name, shape, before if shape.requires else []))
        files = [config(path, f"{text}\n") for path, text in self.files.items()]
        return bundle_of(closure(services, files), ModuleName("HelloStack"))

    def environment(self) -> dict[str, str]:
        return {"T": str(self.secret)}


def _service(name: str, shape: Shape, depends_on: Sequence[str]) -> Service:
    return service(
        name,
        f"{shape.argument}",
        *([shape.path] if shape.path else []),
        package=shape.package,
        depends_on=depends_on,
        environment={"T": (Secret("from_env", "T"),)} if shape.secret else None,
        reload_signal="SIGHUP" if shape.reloads else None,
        timer=timer(onCalendar=shape.timer) if shape.timer else None,
        socket=socket(f"/run/{name}{shape.socket}.sock") if shape.socket else None,
    )


@dataclass(frozen=True)
class Facts:
    """What systemd knows of a unit."""

    runs: bool
    main: str
    invocation: str
    changed: str


@pytest.fixture
def store(shared: Shared) -> Iterator[Shared]:
    """A machine that has the programs of the stack, and on which nothing of it runs."""
    for name in (HELLO, NEWER):
        shared.machine.write(f"{STORE}/{name}/bin/hi", PROGRAM, 0o755)
    yield shared
    shared.machine.systemctl("stop", *UNITS, check=False)


def seen(shared: Shared) -> dict[str, Facts]:
    """Look at all units; a timer or socket changes its state by itself, and never reloads.

    Until a service that systemd has just begun is deaf to SIGHUP, a reload would end it.
    """
    found = {}
    for block in shared.machine.systemctl("show", f"--property={FACTS}", *UNITS).split("\n\n"):
        facts = dict(line.split("=", 1) for line in block.splitlines())
        if facts.get("MainPID", "0") != "0":
            until(partial(is_deaf, Path(shared.at(f"/proc/{facts['MainPID']}"))))
        found[facts["Id"]] = Facts(
            facts["ActiveState"] not in ("inactive", "failed"),
            facts.get("MainPID", ""),
            facts["InvocationID"],
            facts["StateChangeTimestampMonotonic"] if "MainPID" in facts else "",
        )
    return found


def is_deaf(process: Path) -> bool:
    """Whether a process ignores SIGHUP, the first signal of the mask that proc(5) shows."""
    status = (process / "status").read_text().partition("\nSigIgn:")[2]
    return bool(int(status.split()[0], 16) & 1)


def effect(before: Facts, after: Facts) -> str:
    """Say what was done to a unit between two looks."""
    if before.runs != after.runs:
        return "start" if after.runs else "stop"
    if not after.runs:
        return "none"  # systemd forgets about it at a time of its own
    if before.invocation != after.invocation:
        return "restart"
    assert before.main == after.main
    return "none" if before.changed == after.changed else "reload"


def promised(action: UnitAction | None, before: Facts) -> str:
    """Say what an action does to a unit, given whether it ran."""
    if action is None or action.action == "none":
        return "none"
    if before.runs:
        return "none" if action.action == "start" else action.action
    return "none" if action.action == "stop" or action.if_running else "start"


def planned(shared: Shared, made: Bundle, environment: Mapping[str, str]) -> dict[str, UnitAction]:
    baseline = read_baseline(here(shared), made, LocalSecrets(environment), str)
    return {one.unit: one for one in plan_for(made, baseline).units}


def check_current(shared: Shared, stack: Random, facts: Mapping[str, Facts]) -> None:
    """Each service that runs was started as the stack has it now; one of a timer may be older."""
    for name, shape in stack.services.items():
        unit = facts[f"{name}.service"]
        if not unit.runs or (shape.timer and not shape.socket):
            continue
        words = ["/bin/sh", f"{STORE}/{shape.package}/bin/hi", str(shape.argument)]
        words += [shape.path] if shape.path else []
        wanted = (words, str(stack.secret) if shape.secret else None)
        assert started(Path(shared.at(f"/proc/{unit.main}"))) == wanted, name


def started(process: Path) -> tuple[list[str], str | None]:
    """Return the words of a process, and the secret in its environment."""
    words = (process / "cmdline").read_text().split("\0")[:-1]
    environment = (process / "environ").read_text().split("\0")
    return words, next((one[2:] for one in environment if one.startswith("T=")), None)


def trigger(shared: Shared, stack: Random) -> None:
    """Let the time come, or a client, for a service that waits for one."""
    waiting = [name for name, shape in stack.services.items() if shape.timer or shape.socket]
    if waiting and live(here(shared)) and stack.chance.random() < 0.3:
        name = stack.chance.choice(waiting)
        shared.machine.systemctl("start", f"{name}.service", check=False)


def turn(shared: Shared, stack: Random, before: Mapping[str, Facts]) -> dict[str, UnitAction]:
    """Deploy what the stack is by now, or remove it; returns what was planned for units."""
    place = here(shared)
    now = live(place)
    if now is not None and stack.chance.random() < 0.05:
        plan = planned(shared, removal(now), {})
        remove(place, caller(), activation=activation(shared))
        return plan
    stack.change()
    made, environment = stack.bundle(), stack.environment()
    plan = planned(shared, made, environment)
    wanted = replace(wish(made, environment), store_paths=made.roots)
    if stack.chance.random() < 0.9:
        done = deploy(place, replace(wanted, activation=activation(shared)), caller())
        assert done.failure is None
        assert not_as_wanted(shared) == {}
        return plan
    done = deploy(place, wanted, caller())
    if done.was is not None:
        late = {unit for unit, one in plan.items() if one.action not in ("none", "start")}
        told = outdated_units(place, activation(shared), done.was, done.live)
        assert set(told) == {unit for unit in late if before[unit].runs}
        others = not_as_wanted(shared)
        assert {unit for unit in others if before[unit].runs} <= late
    return {}


def not_as_wanted(shared: Shared) -> dict[str, str]:
    """Return what `status` has to say against units."""
    found = status(here(shared), activation(shared), lambda _: None)
    assert found.blind is None
    return {unit.unit: unit.problem for unit in found.units if unit.problem}


@pytest.mark.parametrize("seed", range(FUZZ_FROM, FUZZ_FROM + BATCHES))
def test_units_that_change_are_those_of_the_plan(
    store: Shared, seed: int, record_property: Callable[[str, object], None]
) -> None:
    stack = Random(random.Random(seed))
    counts: Counter[str] = Counter()
    for number in range(TURNS):
        trigger(store, stack)
        before = seen(store)
        plan = turn(store, stack, before)
        after = seen(store)
        found = {unit: effect(before[unit], after[unit]) for unit in UNITS}
        wanted = {unit: promised(plan.get(unit), before[unit]) for unit in UNITS}
        assert found == wanted, (seed, number, plan)
        if plan:
            check_current(store, stack, after)
        counts.update(found.values())
    for action, count in counts.items():
        record_property(action, count)
    if not FUZZ:  # the turns of the suite are the same ones each time
        assert counts.keys() == {"start", "stop", "restart", "reload", "none"}
