"""A trivial build, from its derivation to a durable entry, beside a bare bwrap that runs bash."""

import itertools
import subprocess
from pathlib import Path

import pytest
from builds import Workshop, derive
from timing import Measure

from punix.runtime.building.sandbox import sandbox_named

TRIVIAL = "a trivial build"
BOXED = 2.4
"""The most that a build may cost beside bwrap: 9 ms where bwrap takes 3.7."""


@pytest.mark.parametrize("sandbox", [pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
def test_trivial_build(measure: Measure, tmp_path: Path, sandbox: str) -> None:
    shop, numbers = Workshop.at(tmp_path, sandbox_named(sandbox)), itertools.count()

    def build() -> None:
        shop.ok(derive(f"P{next(numbers)}", "echo hi > $OUTPUT/hi"))

    target = BOXED if sandbox == "bubblewrap" else None
    measure(build, group=TRIVIAL, who=f"punix, sandbox {sandbox}", target=target, rounds=20)


@pytest.mark.sandbox
def test_trivial_build_bwrap(measure: Measure) -> None:
    command = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "/bin/bash", "-c", "true"]
    measure(
        lambda: subprocess.run(command, check=True),
        group=TRIVIAL,
        who="bwrap that runs bash",
        floor=True,
        rounds=20,
    )


@pytest.mark.sandbox
def test_four_one_second_builds(measure: Measure, tmp_path: Path) -> None:
    shop, numbers = Workshop.at(tmp_path, sandbox_named("bubblewrap")), itertools.count()

    def build() -> None:
        shop.ok(*(derive(f"P{next(numbers)}", "sleep 1; touch $OUTPUT/done") for _ in range(4)))

    measure(
        build, group="builds of one second on two cores", who="punix", size=4, target=2.4, rounds=1
    )


@pytest.mark.sandbox
def test_one_second(measure: Measure) -> None:
    measure(
        lambda: subprocess.run(["sleep", "1"], check=True),
        group="builds of one second on two cores",
        who="sleep 1",
        size=4,
        floor=True,
        rounds=1,
    )
