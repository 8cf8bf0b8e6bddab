"""Units against several generations that may run: the strongest of what each comparison asks."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from stacks import closure, config, manifest, service

from punix.backends.base import load_backend
from punix.ir.bundle import Bundle
from punix.ir.manifest import Manifest
from punix.ir.names import ModuleName
from punix.ir.plan import UnitAction
from punix.ir.stack import Service
from punix.runtime.units.plan import unit_plan

BACKEND = load_backend("systemd")


def bundle(*services: Service, text: str = "1") -> Bundle:
    return BACKEND.emit(closure(services, [config("/etc/x", text)]), ModuleName("HelloStack"))


def generation(number: int, made: Bundle) -> Manifest:
    return replace(manifest(made), generation=number)


def told(bases: Iterable[Manifest | None], after: Bundle) -> list[tuple[str, str, int | None]]:
    found = unit_plan(BACKEND.transition, tuple(bases), after, {})
    return [(f"{one.action} {one.unit}", one.reason, one.since) for one in found]


WEB = bundle(service("web"))
NEWER = bundle(service("web"), text="2")
BOTH = bundle(service("db"), service("web"))
NONE = "nothing that it uses changed"


@pytest.mark.parametrize(
    ("bases", "after", "wanted"),
    [
        # One generation, or nothing.
        ([None], WEB, [("start web.service", "it is new", None)]),
        ([generation(1, WEB)], WEB, [("none web.service", NONE, None)]),
        # Live, and nothing was activated.
        ([generation(1, WEB), None], WEB, [("start web.service", "it may not run", None)]),
        ([generation(1, WEB), None], NEWER, [("restart web.service", "/etc/x changed", None)]),
        ([generation(1, WEB), None], BOTH,
         [("start db.service", "it is new", None), ("start web.service", "it may not run", None)]),
        # Live, and another is active.
        ([generation(2, NEWER), generation(1, WEB)], NEWER,
         [("restart web.service", "/etc/x changed", 1)]),
        ([generation(2, NEWER), generation(1, WEB)], WEB,
         [("restart web.service", "/etc/x changed", None)]),
        ([generation(2, BOTH), generation(1, WEB)], BOTH,
         [("start db.service", "it is new", 1), ("none web.service", NONE, None)]),
        ([generation(2, WEB), generation(1, BOTH)], WEB,
         [("stop db.service", "it is no longer in the stack", 1),
          ("none web.service", NONE, None)]),
        # Nothing is live, and the units of the active one were not stopped.
        ([None, generation(1, WEB)], NEWER, [("restart web.service", "/etc/x changed", 1)]),
        ([None, generation(1, WEB)], WEB, [("start web.service", "it is new", None)]),
    ],
)  # fmt: skip
def test_what_may_run(
    bases: list[Manifest | None], after: Bundle, wanted: list[tuple[str, str, int | None]]
) -> None:
    assert told(bases, after) == wanted


def test_a_restart_of_one_comparison_reaches_the_units_of_another() -> None:
    """systemd restarts `web`, which runs since generation 1, together with `db`."""
    web = service("web", depends_on=["db"])
    running, live = bundle(service("db"), web), bundle(service("db", "-v"))
    plan = unit_plan(BACKEND.transition, (generation(2, live), generation(1, running)), running, {})
    assert plan == (
        UnitAction(plan[0].unit, "restart", "its unit changed", "app.pcl:10"),
        UnitAction(plan[1].unit, "restart", "db.service restarts", "app.pcl:10"),
    )
