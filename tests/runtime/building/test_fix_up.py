"""What is mended in an output, and what is only told."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest
from builds import Workshop, derive
from hypothesis import given
from hypothesis import strategies as st

from punix.runtime.building.fix_up import fix_up
from punix.runtime.building.sandbox import sandbox_named

BUILD = Path("/build")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def put(folder: Path, name: str, data: bytes, mode: int = 0o644) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("#!/usr/bin/env lua\nx\n", "#!@lua\nx\n"),
        ("#!/bin/lua -e x\nx\n", "#!@lua -e x\nx\n"),
        ("#! /usr/local/bin/lua\n#!/bin/lua\n", "#!@lua\n#!/bin/lua\n"),
        ("#!/usr/bin/env lua -W\nx\n", "#!@lua -W\nx\n"),
        ("#!/usr/bin/env -S lua -W\nx\n", None),
        ("#!/usr/bin/env luajit\nx\n", None),
        ("#!/bin/sh\n/bin/lua\n", None),
        ("#!/opt/bin/lua\n", None),
        ("#!/bin/lua " + "x" * 250 + "\n", None),
        ("#!/bin/lua", None),
    ],
)
def test_scripts_name_the_interpreter_of_a_dependency(
    output: Path, tmp_path: Path, before: str, after: str | None
) -> None:
    put(tmp_path / "first", "bin/other", b"", 0o755)
    lua = put(tmp_path / "second", "bin/lua", b"", 0o755)
    put(tmp_path / "third", "bin/lua", b"", 0o755)
    script = put(output, "bin/x", before.encode(), 0o555)
    inputs = [tmp_path / name for name in ("first", "second", "third")]
    assert fix_up(output, inputs, BUILD) == []
    assert script.read_text() == (after or before).replace("@lua", str(lua))


def test_a_text_that_is_no_program_is_left_alone(output: Path, tmp_path: Path) -> None:
    put(tmp_path, "bin/lua", b"", 0o755)
    text = put(output, "share/x", b"#!/bin/lua\n")
    binary = put(output, "bin/y", b"#!/bin/lua\n\0", 0o755)
    fix_up(output, [tmp_path], BUILD)
    assert text.read_bytes() == b"#!/bin/lua\n"
    assert binary.read_bytes() == b"#!/bin/lua\n\0"


def test_files_of_libtool_and_manuals(output: Path) -> None:
    long = b"# x\n" * 3000
    archive = put(output, "lib/a.la", long + b"dependency_libs=' -L/build/x -lz'\ninstalled=yes\n")
    data = gzip.compress(b"data", mtime=1234567)
    page = put(output, "share/man/man1/a.1.gz", data, 0o444)
    other = put(output, "share/a/data.gz", data)
    index = put(output, "share/info/dir", b"index")
    assert fix_up(output, [], BUILD) == []
    assert archive.read_bytes() == long + b"dependency_libs=''\ninstalled=yes\n"
    assert page.read_bytes() == data[:4] + bytes(4) + data[8:]
    assert gzip.decompress(page.read_bytes()) == b"data"
    assert other.read_bytes() == data
    assert not index.exists()


def test_what_mentions_the_private_folder_is_told(output: Path) -> None:
    told = {
        "bin/x": "#!/build/source/x",
        "etc/b": "y" * 9999 + '"/build/tmp"',
        "etc/c": "-I/build/x",
    }
    fine = {"d": "/a/build/x ./build/y $(top)/build/z", "e": "/build", "g": "", "f": "\0/build/x"}
    for name, text in {**told, **fine}.items():
        put(output, name, text.encode())
    os.symlink("/build/source/x", output / "link")
    os.symlink("build/x", output / "own")
    assert fix_up(output, [], BUILD) == ["bin/x", "etc/b", "etc/c", "link"]


def test_what_nobody_may_read_is_mended_too(output: Path) -> None:
    folder = output / "share" / "info"
    put(folder, "dir", b"", 0o000)
    folder.chmod(0o000)
    fix_up(output, [], BUILD)
    assert os.listdir(folder) == []


def test_nothing_outside_is_touched(output: Path, tmp_path: Path) -> None:
    outside = put(tmp_path, "share/info/dir", b"#!/bin/lua\n", 0o555)
    put(tmp_path, "bin/lua", b"", 0o755)
    os.symlink(tmp_path / "share", output / "share")
    os.symlink(outside, output / "bin")
    os.mkfifo(output / "pipe")
    fix_up(output, [tmp_path], BUILD)
    assert outside.read_bytes() == b"#!/bin/lua\n"
    (tmp_path / "link").symlink_to(output)
    assert fix_up(tmp_path / "link", [], BUILD) == []


@given(st.binary(max_size=60))
def test_again_it_changes_nothing(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    folder = tmp_path_factory.mktemp("again")
    put(folder / "lua", "bin/lua", b"", 0o755)
    script = put(folder / "out", "bin/x", b"#!/usr/bin/env lua" + tail, 0o755)
    fix_up(folder / "out", [folder / "lua"], BUILD)
    once = script.read_bytes()
    fix_up(folder / "out", [folder / "lua"], BUILD)
    assert script.read_bytes() == once


@pytest.mark.parametrize("kind", [pytest.param("bubblewrap", marks=pytest.mark.sandbox), "off"])
def test_a_build_is_mended_and_tells(tmp_path: Path, kind: str) -> None:
    shop = Workshop.at(tmp_path, sandbox_named(kind))
    lua = derive("Lua", "mkdir $OUTPUT/bin; cp /bin/sh $OUTPUT/bin/lua")
    script = "printf '#!/bin/lua\\necho hi\\n' > $OUTPUT/a; chmod +x $OUTPUT/a; "
    tool = derive(
        "Tool", script, "for x in b c d e; do echo $SOURCE > $OUTPUT/$x; done", inputs=[lua]
    )
    shop.ok(lua, tool)
    assert shop.store.references(tool.name) == (lua.name,)
    assert (
        subprocess.run([shop.output(tool) / "a"], check=True, capture_output=True).stdout == b"hi\n"
    )
    [warning] = [event.message for event in shop.events if "mention" in event.message]
    assert warning.startswith("Tool: 4 file(s) mention ")
    assert warning.endswith(", which is gone: b, c, d, …")


def test_what_a_build_closed_is_opened(output: Path) -> None:
    """Root sees it all the same; the output must not depend on who builds."""
    file = put(output, "lib/x", b"x", 0)
    file.parent.chmod(0)
    output.chmod(0)
    assert fix_up(output, [], BUILD) == []
    assert {path.stat().st_mode & 0o600 for path in (output, file.parent, file)} == {0o600}


def test_what_is_larger_than_any_script_is_left_alone(output: Path) -> None:
    archive = put(output, "lib/a.la", b"dependency_libs='-L/build/x'\n" + b"#\n" * 9000)
    os.truncate(archive, 1 << 40)
    assert fix_up(output, [], BUILD) == []
    with archive.open("rb") as file:
        assert file.readline() == b"dependency_libs='-L/build/x'\n"
