"""A web server, and a fetcher that keeps what it fetches in a folder of the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from web import Web, web

from punix.runtime.building.guard import guarding
from punix.runtime.building.process import Processes
from punix.runtime.building.programs import runner
from punix.runtime.fetch import download
from punix.runtime.fetch.fetcher import Fetcher
from punix.runtime.fetch.reporter import Reporter
from punix.runtime.files.stop import Stop


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(download, "PAUSES", (0.0, 0.0, 0.0))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with web() as running:
        yield running


@pytest.fixture
def told() -> list[tuple[int, int | None]]:
    return []


@pytest.fixture
def fetcher(tmp_path: Path, told: list[tuple[int, int | None]]) -> Iterator[Fetcher]:
    waits: list[str] = []

    reporter = Reporter(lambda *words: told.append(words), waits.append, Stop())
    with (tmp_path / "lock").open("w") as lock, guarding() as mark:
        run = runner(Processes(mark), lock.fileno())
        yield Fetcher(tmp_path / "cache", reporter, run)
