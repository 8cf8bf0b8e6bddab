"""What all measurements share: no garbage collection inside, and a floor for each group."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from timing import Measure


@pytest.fixture
def measure(benchmark: BenchmarkFixture) -> Iterator[Measure]:
    """Time functions with pytest-benchmark, and note what the report needs."""

    def run(
        function: Callable[[], Any],
        *,
        group: str,
        who: str,
        size: int = 1,
        floor: bool = False,
        target: float | None = None,
        rounds: int = 7,
    ) -> None:
        benchmark.group = f"{group}, {size:,}"
        benchmark.extra_info.update(operation=group, who=who, size=size, floor=floor, target=target)
        benchmark.pedantic(  # type: ignore[no-untyped-call]
            function, rounds=rounds, warmup_rounds=1 if rounds > 1 else 0
        )

    gc.collect()
    gc.disable()
    yield run
    gc.enable()
