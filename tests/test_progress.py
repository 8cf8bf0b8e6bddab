"""What is shown of builds, from their events alone: no terminal, no clock."""

from io import StringIO

import pytest
from builds import fake_name
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from punix.cli.progress.board import Board
from punix.cli.progress.live import tree
from punix.cli.progress.plain import plain
from punix.ir.names import ModuleName
from punix.runtime.building.result import Event, Status, Teller

ENDS: list[Status] = ["ok", "cached", "failed"]


def tellers(board: Board, count: int) -> list[Teller]:
    return [
        Teller(lambda event: board.see(event, 10.0), ModuleName(f"P{at}"), fake_name(at))
        for at in range(count)
    ]


@given(st.lists(st.sampled_from(ENDS), min_size=1, max_size=8), st.integers(0, 8))
def test_every_package_is_counted_once(ends: list[Status], running: int) -> None:
    board = Board()
    packages = tellers(board, len(ends))
    for one in packages:
        one.planned(())
    for at, (one, status) in enumerate(zip(packages, ends, strict=True)):
        one.started()
        one.phase("building")
        if at >= running:
            one.finished(status, "")
    counts = (board.done, board.failed, board.waiting, len(board.running))
    assert sum(counts) == board.total == len(ends)
    assert len(board.running) == min(running, len(ends))
    assert board.failed == ends[running:].count("failed")


def test_what_waits_for_what() -> None:
    board = Board()
    zlib, tool, app = tellers(board, 3)
    app.planned((zlib.name, tool.name))
    zlib.planned(())
    tool.planned((zlib.name,))
    zlib.started()
    assert board.users(zlib.name) == [app.name, tool.name]
    assert board.missing(app.name) == [zlib.name, tool.name]
    zlib.phase("fetching", 5, 10)
    last = board.running[zlib.name].last
    assert (last.phase, last.done, last.total) == ("fetching", 5, 10)
    assert (board.seconds(zlib.name, 12.5), board.seconds(app.name, 12.5)) == (2.5, 0)
    zlib.finished("ok", "")
    assert (board.running, board.missing(app.name)) == ({}, [tool.name])
    app.finished("skipped", "it cannot be built")
    assert (board.users(tool.name), board.failed, board.waiting) == ([], 1, 1)


def test_warnings_belong_to_no_package() -> None:
    board = Board()
    board.see(Event("warning", "beware"), 0.0)
    assert (board.total, board.running) == (0, {})


def drawn(board: Board, now: float, rows: int = 20) -> list[str]:
    out = StringIO()
    Console(file=out, width=60, color_system=None).print(tree(board, now, 0.0, rows))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_tree_says_how_far_and_how_long() -> None:
    board = Board()
    zlib, tool, app, held, last = tellers(board, 5)
    for one, needs in ((app, (zlib, tool)), (zlib, ()), (tool, ()), (held, ()), (last, (app,))):
        one.planned(it.name for it in needs)
    for one in (zlib, tool, held):
        one.started()
    zlib.phase("fetching", 1_200_000, 30_000_000)
    tool.phase("building")
    held.waiting("pid 7 on host")
    assert drawn(board, 3700.0) == [
        "0 of 5 built, 2 wait  1:01:40",
        "├── P0  fetching     1:01:30  1.2 MB of 30.0 MB",
        "│   └── P2, which waits for P1 too",
        "├── P1  building     1:01:30",
        "│   └── P2, which waits for P0 too",
        "└── P3  waiting      1:01:30  for pid 7 on host",
    ]
    tool.finished("failed", "rc=1")
    app.finished("skipped", "no")
    assert drawn(board, 75.5, rows=1) == [
        "0 of 5 built, 2 failed, 1 wait  1:15",
        "└── … and 2 more",
    ]


def test_plain_lines_leave_out_what_is_short(capfd: pytest.CaptureFixture[str]) -> None:
    with plain() as show:
        teller = Teller(show, ModuleName("Zlib"), fake_name(1))
        teller.planned(())
        teller.started()
        for done in (1, 2, 3):
            teller.phase("fetching", done, 3)
        teller.phase("unpacking")
        teller.waiting("")
        teller.phase("building")
        teller.finished("cached", "")
    lines = capfd.readouterr().err.splitlines()
    assert lines[:3] == [
        "fetching Zlib",
        "Zlib waits for another process, which builds it",
        "building Zlib",
    ]
    assert lines[3].startswith("finished Zlib in ")
    assert lines[3].endswith(": built by another process")
