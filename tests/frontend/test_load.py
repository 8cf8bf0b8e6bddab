"""Which files a command line stands for."""

import os
from pathlib import Path

from punix.frontend.syntax.load import load
from punix.ir.diagnostics import Collector


def names(*paths: Path) -> tuple[list[str], list[str]]:
    collector = Collector()
    found = load([str(path) for path in paths], collector)
    return [name for name, _ in found], [one.message for one in collector.sorted()]


def test_directories_are_searched_and_files_counted_once(tmp_path: Path) -> None:
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    for name in ("b.pcl", "a.pcl", "sub/deep/c.pcl", "note.txt"):
        (tmp_path / name).write_bytes(name.encode())
    os.link(tmp_path / "a.pcl", tmp_path / "sub" / "z.pcl")
    (tmp_path / "linked.pcl").symlink_to("b.pcl")
    (tmp_path / "loop").symlink_to(tmp_path)
    found, problems = names(tmp_path, tmp_path / "b.pcl", tmp_path / "note.txt")
    relative = [str(Path(name).relative_to(tmp_path)) for name in found]
    assert relative == ["a.pcl", "b.pcl", "note.txt", "sub/deep/c.pcl"]
    assert not problems


def test_bytes_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.pcl").write_bytes(b"\xff\r\n")
    assert load([str(tmp_path / "a.pcl")], Collector())[0][1] == b"\xff\r\n"


def test_what_cannot_be_read_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.pcl").write_bytes(b"")
    (tmp_path / "gone.pcl").symlink_to("nowhere")
    found, problems = names(tmp_path, tmp_path / "missing.pcl", Path("nul\0.pcl"))
    assert [Path(name).name for name in found] == ["a.pcl"]
    assert len(problems) == 3
    assert all("cannot read" in problem for problem in problems)


def test_no_argument_is_no_file() -> None:
    assert names() == ([], [])


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pcl")
    (tmp_path / "a.pcl").write_bytes(b"")
    found, problems = names(tmp_path)
    assert [Path(name).name for name in found] == ["a.pcl"]
    assert ["not a regular file" in problem for problem in problems] == [True]
