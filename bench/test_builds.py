"""Trivial builds: one, from its derivation to a durable entry, beside a bare bwrap that runs bash;
one and many, from the start of a command to its end, beside another tool."""

import itertools
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from builds import Workshop, derive
from executables import PEER, PUNIX
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


PROGRAM = """
module P{number} {{
  pname = "p{number}"
  version = "1"
  recipe = "std.shell"
  recipeArgs = {{ command = "mkdir -p $OUTPUT && echo {number} > $OUTPUT/x" }}
  source = {{ type = "local" path = "./src" }}
}}
"""
BY_COMMAND = "trivial builds of one command, start to end"
SIZES = pytest.mark.parametrize("size", [1, 20])


def build_by_command(
    measure: Measure, folder: Path, who: str, command: Sequence[str], size: int, **more: Any
) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "a").write_text("a")
    program = folder / "many.pcl"
    program.write_text("".join(PROGRAM.format(number=number) for number in range(size)))
    stores = (f"--store-root={folder}/store-{number}" for number in itertools.count())

    def run() -> None:
        line = [*command, next(stores), str(program)]
        subprocess.run(line, cwd=folder, check=True, capture_output=True)

    measure(run, group=BY_COMMAND, who=who, size=size, rounds=15, **more)


@SIZES
@pytest.mark.sandbox
def test_trivial_builds_of_a_command(measure: Measure, tmp_path: Path, size: int) -> None:
    build_by_command(
        measure, tmp_path, "punix, sandbox bubblewrap", [*PUNIX, "build"], size, target=0.5
    )


@SIZES
@pytest.mark.skipif(not PEER, reason="PUNIX_PEER names no other punix")
def test_trivial_builds_of_a_command_peer(measure: Measure, tmp_path: Path, size: int) -> None:
    command = (str(PEER), "build")
    build_by_command(measure, tmp_path, "peer, no sandbox", command, size, floor=True)


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
