"""Config files that are taken from beside the program."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import Punix

STACK = """\
module S {
  backend = "systemd"
  configFiles = [
    { path = "/etc/app" source = "./conf" exclude = ["*.bak"] },
    { path = "/etc/one" source = "conf/a.conf" mode = "0640" install = "copy" },
  ]
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A program beside a folder with a text, a program, bytes that are no text, and a backup."""
    (tmp_path / "conf/sub").mkdir(parents=True)
    (tmp_path / "conf/a.conf").write_text("a = 1\n")
    (tmp_path / "conf/run").write_text("#!/bin/sh\n")
    (tmp_path / "conf/run").chmod(0o700)
    (tmp_path / "conf/sub/odd name").write_bytes(b"\xff\x00\xfe")
    (tmp_path / "conf/empty").touch()
    (tmp_path / "conf/a.bak").touch()
    (tmp_path / "s.pcl").write_text(STACK)
    yield tmp_path


def roots(folder: Path) -> tuple[str, ...]:
    return (
        *("--store-root", f"{folder}/store", "--deployments-root", "/d"),
        *("--transport-root", f"{folder}/root"),
    )


def test_files_arrive_byte_for_byte_with_their_modes(punix: Punix, folder: Path) -> None:
    command = ("service", "deploy", "S", "--file", folder / "s.pcl", *roots(folder))
    before = os.umask(0o077)
    try:
        assert punix(*command).code == 0
    finally:
        os.umask(before)
    etc = folder / "root/etc"
    found = {
        str(path.relative_to(etc)): (path.stat().st_mode & 0o7777, path.read_bytes())
        for path in etc.rglob("*")
        if path.is_file()
    }
    assert found == {
        "app/a.conf": (0o644, b"a = 1\n"),
        "app/empty": (0o644, b""),
        "app/run": (0o755, b"#!/bin/sh\n"),
        "app/sub/odd name": (0o644, b"\xff\x00\xfe"),
        "one": (0o640, b"a = 1\n"),
    }
    assert punix("service", "verify", "S", *roots(folder)).code == 0
    with (etc / "app/sub/odd name").open("ab") as file:
        file.write(b"more")
    assert punix("service", "verify", "S", "--fix", *roots(folder)).code == 0
    assert (etc / "app/sub/odd name").read_bytes() == b"\xff\x00\xfe"

    (folder / "conf/run").unlink()
    (folder / "conf/a.conf").write_text("a = 2\n")
    assert punix(*command).code == 0
    assert not (etc / "app/run").exists()
    assert (etc / "one").read_text() == "a = 2\n"


def test_a_stored_program_carries_what_the_files_hold(punix: Punix, folder: Path) -> None:
    stored = folder / "lowered.json"
    stored.write_text(punix("compile", folder / "s.pcl", "--emit", "lowered").out)
    whole = punix("compile", folder / "s.pcl", "--emit", "bundle").out
    for path in (folder / "conf").rglob("*"):
        if path.is_file():
            path.unlink()
    assert punix("compile", "--from", stored, "--emit", "bundle").out == whole


def test_what_cannot_be_taken_is_told_by_check_all_at_once(punix: Punix, folder: Path) -> None:
    (folder / "conf/out").symlink_to("/etc")
    (folder / "linked").symlink_to("/etc")
    sources = ["../x", "/etc/passwd", "linked", "conf/q", "conf", ""]
    files = ",".join(
        f'{{ path = "/etc/{at}" source = "{one}" }}\n' for at, one in enumerate(sources)
    )
    (folder / "s.pcl").write_text(f'module S {{ backend = "systemd" configFiles = [\n{files}] }}')
    outcome = punix("check", folder / "s.pcl")
    assert outcome.code == 1
    told = [line.partition("error: ")[2] for line in outcome.err.splitlines() if "error: " in line]
    assert told == [
        "[E1] '../x' is not below the program's folder",
        "[E1] '/etc/passwd' is not below the program's folder",
        f"[E17] source '{folder}/linked' leads out of the program's folder",
        f"[E17] no such source: '{folder}/conf/q'",
        f"[E17] source '{folder}/conf': 'out': a link, and a stack takes files and folders only",
        "[E1] '' is not below the program's folder",
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("", "config file '/etc/a' has no field 'content' or 'source'"),
        ('content = "x" source = "conf/a.conf"', "a config file has 'content' or 'source'"),
        ('source = "conf" exclude = ["["]', None),
        ('source = "conf/a.conf"', None),
    ],
)
def test_a_file_has_a_text_or_a_source(
    punix: Punix, folder: Path, fields: str, message: str | None
) -> None:
    (folder / "s.pcl").write_text(
        f'module S {{ backend = "systemd" configFiles = [{{ path = "/etc/a" {fields} }}] }}'
    )
    outcome = punix("check", folder / "s.pcl")
    assert (outcome.code == 0) == (message is None), outcome.err
    assert (message or "") in outcome.err


def test_two_sources_on_one_path_are_told_with_both_places(punix: Punix, folder: Path) -> None:
    text = STACK.replace('"/etc/one"', '"/etc/app/sub"')
    (folder / "s.pcl").write_text(text)
    outcome = punix("check", folder / "s.pcl")
    assert outcome.code == 1 and "[E19]" in outcome.err
    assert outcome.err.count("s.pcl:4:") + outcome.err.count("s.pcl:5:") == 2
