"""What the board knows of builds from their events alone."""

from builds import fake_name
from hypothesis import given
from hypothesis import strategies as st

from punix.cli.progress.board import Board
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
