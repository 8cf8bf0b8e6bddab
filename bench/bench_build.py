"""A trivial build, from its derivation to a durable entry, beside a bare bwrap that runs bash."""

import itertools
import subprocess
from pathlib import Path

import pytest
from builds import Workshop, derive
from pytest_benchmark.fixture import BenchmarkFixture

from punix.runtime.sandbox import sandbox_named


@pytest.mark.parametrize("sandbox", [pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
def test_trivial_build(benchmark: BenchmarkFixture, tmp_path: Path, sandbox: str) -> None:
    shop, numbers = Workshop.at(tmp_path, sandbox_named(sandbox)), itertools.count()

    def build() -> None:
        shop.ok(derive(f"P{next(numbers)}", "echo hi > $OUTPUT/hi"))

    benchmark.pedantic(build, rounds=20, warmup_rounds=2)  # type: ignore[no-untyped-call]


@pytest.mark.sandbox
def test_trivial_build_floor_bwrap(benchmark: BenchmarkFixture) -> None:
    command = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "/bin/bash", "-c", "true"]
    benchmark.pedantic(lambda: subprocess.run(command, check=True), rounds=20, warmup_rounds=2)  # type: ignore[no-untyped-call]


@pytest.mark.sandbox
def test_four_one_second_builds_two_at_once(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    shop = Workshop.at(tmp_path, sandbox_named("bubblewrap"))
    orders = [derive(f"P{number}", "sleep 1; touch $OUTPUT/done") for number in range(4)]
    benchmark.pedantic(lambda: shop.ok(*orders), rounds=1)  # type: ignore[no-untyped-call]
